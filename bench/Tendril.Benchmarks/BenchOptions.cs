namespace Tendril.Benchmarks;

/// <summary>"--name value" pairs.</summary>
internal static class BenchOptions
{
    public static string Get(string[] args, string name, string otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
    }
}
