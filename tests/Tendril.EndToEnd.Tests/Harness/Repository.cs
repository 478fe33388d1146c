namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>Where things are in the source tree, and where the programs were built that these tests run.</summary>
internal static class Repository
{
    private static readonly string[] OutputParts = AppContext.BaseDirectory.TrimEnd('/').Split('/')[^2..];

    public static string Root { get; } = FindRoot();

    /// <summary>Where scripts put what they build and measure.</summary>
    public static string Artifacts { get; } =
        Environment.GetEnvironmentVariable("TENDRIL_ARTIFACTS") is { Length: > 0 } artifacts ? artifacts : Path.Combine(Root, "artifacts");

    /// <summary>The agent: the built one, or the file that TENDRIL_AGENT names, such as the published native program.</summary>
    public static string Agent { get; } =
        Environment.GetEnvironmentVariable("TENDRIL_AGENT") is { Length: > 0 } named ? Path.GetFullPath(named) : Built("src/Tendril.Agent", "tendril-agent");

    /// <summary>The operator: the built one, or the file that TENDRIL_OPERATOR names, such as the published program.</summary>
    public static string Operator { get; } =
        Environment.GetEnvironmentVariable("TENDRIL_OPERATOR") is { Length: > 0 } named ? Path.GetFullPath(named) : Built("src/Tendril.Operator", "tendril-operator");

    /// <summary>The agent as it is shipped, a native program: only there are all threads its own.</summary>
    public static string ShippedAgent { get; } = Path.Combine(Artifacts, "agent/tendril-agent");

    public static string CommandLine { get; } = Built("src/Tendril.Cli", "tendril");

    public static string Benchmarks { get; } = Built("bench/Tendril.Benchmarks", "Tendril.Benchmarks");

    public static string Demo { get; } = Built("demo/Tendril.Demo", "tendril-demo");

    public static string PeerProgram { get; } = Path.Combine(Root, "tests/Tendril.EndToEnd.Tests/Programs/peer.py");

    public static string LoadProgram { get; } = Path.Combine(Root, "tests/Tendril.EndToEnd.Tests/Programs/load.py");

    /// <summary>A path from the root of the source tree.</summary>
    public static string File(string path) => Path.Combine(Root, path);

    // The projects that this one refers to are built with its configuration and framework.
    private static string Built(string project, string program) => Path.Combine([Root, project, "bin", .. OutputParts, program]);

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (!System.IO.File.Exists(Path.Combine(directory, "Tendril.slnx")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests were not built inside the source tree.");
        }

        return directory;
    }
}
