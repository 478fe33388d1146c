namespace Tendril.Conventions.Tests;

internal static class Faults
{
    /// <summary>Fails with all of them, a line each: an assertion of xunit's would show the first few.</summary>
    public static void AreNone(IEnumerable<string> faults)
    {
        var all = faults.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }
}
