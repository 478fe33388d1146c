using System.Globalization;

namespace Tendril.Benchmarks.Fleet;

/// <summary>How large a fleet, and what it does.</summary>
internal sealed record FleetOptions
{
    private static readonly string[] Names =
        ["--operator", "--services", "--edges", "--hosts", "--seed", "--rate", "--seconds", "--failing", "--flows"];

    /// <summary>Where the operator takes agents.</summary>
    public Uri Operator { get; init; } = new("http://127.0.0.1:50051");

    public int Services { get; init; } = 2_000;

    /// <summary>Dependencies, each reported by its client's host.</summary>
    public int Edges { get; init; } = 5_000;

    /// <summary>One agent each.</summary>
    public int Hosts { get; init; } = 100;

    /// <summary>The same seed is the same world.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Connections a second on a dependency, on average; some have 60 times as many as others. With 0 nothing changes after the first report.</summary>
    public double Rate { get; init; } = 1;

    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Share of the dependencies on which connects fail, 0 to 1.</summary>
    public double Failing { get; init; } = 0.01;

    /// <summary>Flow events a second and host, at most as many as the operator asks for.</summary>
    public int Flows { get; init; } = 5;

    /// <summary>Null and a sentence when an option is unknown or out of range.</summary>
    public static (FleetOptions? Options, string? Error) Read(string[] args)
    {
        if (args.Where((_, i) => i % 2 == 0).FirstOrDefault(name => !Names.Contains(name)) is { } unknown || args.Length % 2 != 0)
        {
            return (null, $"fleet: every option has a value; there are {string.Join(' ', Names)}");
        }

        var d = new FleetOptions();
        var options = new FleetOptions
        {
            Operator = new("http://" + BenchOptions.Get(args, "--operator", d.Operator.Authority)),
            Services = (int)Number(args, "--services", d.Services),
            Edges = (int)Number(args, "--edges", d.Edges),
            Hosts = (int)Number(args, "--hosts", d.Hosts),
            Seed = (int)Number(args, "--seed", d.Seed),
            Rate = Number(args, "--rate", d.Rate),
            Duration = TimeSpan.FromSeconds(Number(args, "--seconds", d.Duration.TotalSeconds)),
            Failing = Number(args, "--failing", d.Failing),
            Flows = (int)Number(args, "--flows", d.Flows),
        };
        return options is { Services: >= 2 and <= 1_000_000, Edges: >= 1 and <= 10_000_000, Hosts: >= 1 and <= 65_000, Rate: >= 0, Failing: >= 0 and <= 1, Flows: >= 0 and <= 5_000 }
            && options.Services / options.Hosts < FleetWorld.MaxServicesOfHost
            ? (options, null)
            : (null, $"fleet: 2 to 1000000 services, at most {FleetWorld.MaxServicesOfHost} a host, 1 to 10000000 edges, 1 to 65000 hosts, a share failing from 0 to 1, 0 to 5000 flows");
    }

    private static double Number(string[] args, string name, double otherwise) =>
        double.Parse(BenchOptions.Get(args, name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);
}
