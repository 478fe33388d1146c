using Tendril.Graph;

namespace Tendril.Benchmarks;

/// <summary>A host of 10,000 services, each listening on a port and calling some others, with round-trip times as TCP has them.</summary>
internal sealed class GraphWorld
{
    public const int Nodes = 10_000;
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly NetAddress Loopback = NetAddress.Parse("127.0.0.1");
    private long _round = 1;

    public GraphWorld(int edgesPerNode = 5)
    {
        Observations = new DependencyObservation[Nodes * edgesPerNode];
        for (var i = 0; i < Observations.Length; i++)
            Observations[i] = Observe((uint)(i % Nodes), TargetOf(i), 1);
    }

    public DependencyObservation[] Observations { get; }

    public static DependencyGraph CreateEmptyGraph(GraphOptions options) => new(
        options, endpoint => new ServiceIdentity($"address:{endpoint.Address}:{endpoint.Port}", "?", "address", null, "address"), Start);

    public DependencyGraph CreateGraph(out AgentRun run, GraphOptions? options = null)
    {
        var graph = CreateEmptyGraph(options ?? new());
        run = graph.BeginRun("4c4c4544004d3510", "bench-host", 1, 7, [Loopback]);
        for (var number = 0u; number < Nodes; number++)
        {
            var service = new ServiceIdentity($"service-{number:D5}", $"service-{number}", "process", null, "process");
            graph.Apply(run, new ProcessObservation(number + 1, number + 100, Start, "service", "/usr/bin/service", true, service));
            graph.Apply(run, new ListenerObservation(7, Loopback, PortOf(number), Transport.Tcp, number + 1, true, Start));
        }

        graph.Apply(run, Observations);
        return graph;
    }

    /// <summary>Every counter grows.</summary>
    public void Advance()
    {
        _round++;
        foreach (ref var observation in Observations.AsSpan())
            observation = observation with { Counters = Count(_round), LastSeen = Start.AddMilliseconds(_round) };
    }

    public static DependencyObservation NewDependency(int number) => Observe((uint)number, (uint)((number + 7777) % Nodes), 1);

    /// <summary>Spread without a pattern, but the same in every run; now and then a circle.</summary>
    private static uint TargetOf(int i) => (uint)(((i % Nodes) + 1 + (i / Nodes * 1999) + (i * 7919L % 97)) % Nodes);

    private static ushort PortOf(uint number) => (ushort)(10_000 + number);

    private static DependencyObservation Observe(uint from, uint to, long round) => new(
        new DependencyKey(7, from + 1, Role.Client, Transport.Tcp, Loopback, PortOf(to), default, 0),
        Count(round), Start, Start, [0, 0, 0, 3, 12, 90, 41, 5, .. new long[12]]);

    private static Counters Count(long round) => new(round * 10, 0, (round * 10) - 1, round * 20_000, round * 90_000, 0);
}
