namespace Tendril.Graph.Tests;

/// <summary>Small worlds full of coincidences: few addresses and ports, the same ones on several hosts and in several namespaces.</summary>
internal sealed class RandomFacts(int seed)
{
    private static readonly string[] ListenAddresses = ["127.0.0.1", "::", "0.0.0.0", "::1", "10.0.0.1", "10.0.0.2", "172.17.0.2"];
    private static readonly string[] Dialled = ["127.0.0.1", "::1", "10.0.0.1", "10.0.0.2", "172.17.0.2", "203.0.113.5"];
    private static readonly string[] Peers = ["127.0.0.1", "10.0.0.1", "10.0.0.2", "172.17.0.2", "203.0.113.9"];

    public Random Random { get; } = new(seed);

    public Facts Create()
    {
        var facts = new Facts([("h1", ["10.0.0.1"]), ("h2", ["10.0.0.2"]), ("h3", [])], [], [], []);
        foreach (var (host, _) in facts.Hosts)
        {
            for (var number = 1u; number <= 5; number++)
                facts.Processes.Add((host, number, $"s{Random.Next(1, 7)}"));
        }

        for (var i = Random.Next(1, 9); i > 0; i--)
            facts.Listeners.Add((Host(), Namespace(), Pick(ListenAddresses), Port(), (uint)Random.Next(1, 6)));
        var unique = facts.Listeners.DistinctBy(l => (l.Host, l.Namespace, l.Address, l.Port)).ToList();
        facts.Listeners.Clear();
        facts.Listeners.AddRange(unique);
        for (var i = Random.Next(1, 13); i > 0; i--)
            facts.Dependencies.Add(Random.Next(5) < 3 ? Client() : Server(facts));
        var keys = facts.Dependencies.DistinctBy(d => (d.Host, d.Observation.Key)).ToList();
        return facts with { Dependencies = keys };
    }

    /// <summary>Everything said in any order, some of it twice, counters on their way to what they end as.</summary>
    public List<Action<World, Dictionary<string, AgentRun>>> Steps(Facts facts)
    {
        var steps = new List<Action<World, Dictionary<string, AgentRun>>>();
        foreach (var p in facts.Processes)
            steps.Add((world, runs) => world.Process(runs[p.Host], p.Number, p.Service, hidden: p.Service == ReferenceModel.HiddenService));
        foreach (var l in facts.Listeners)
            steps.Add((world, runs) => world.Listen(runs[l.Host], l.Process, l.Address, l.Port, ns: l.Namespace));
        foreach (var d in facts.Dependencies)
        {
            steps.Add((world, runs) => world.Report(runs[d.Host], d.Observation));
            steps.Add((world, runs) => world.Report(runs[d.Host], d.Observation with { Counters = Part(d.Observation.Counters) }));
        }

        steps.AddRange(steps.Where(_ => Random.Next(4) == 0).ToList());
        var order = steps.ToArray();
        Random.Shuffle(order);
        return [.. order];
    }

    private static Counters Part(Counters c) => new(c.Opened / 2, c.Failed / 2, c.Closed / 2, c.BytesSent / 2, c.BytesReceived / 2, 0);

    private (string, DependencyObservation) Client() => (Host(), Observe(new DependencyKey(
        Namespace(), (uint)Random.Next(1, 7), Role.Client, Transport.Tcp, World.Address(Pick(Dialled)), Port(), default, 0)));

    /// <summary>A server's report is of the process that listens, or of an unknown one, as it is on a real host.</summary>
    private (string, DependencyObservation) Server(Facts facts)
    {
        var (host, ns, address, port) = (Host(), Namespace(), Pick(Dialled[..5]), Port());
        var listeners = facts.Listeners.Where(l => l.Host == host && l.Namespace == ns && l.Port == port).ToList();
        var listener = listeners.Find(l => l.Address == address);
        if (listener.Host is null && !address.Contains(':'))
            listener = listeners.Find(l => l.Address == "0.0.0.0");
        if (listener.Host is null)
            listener = listeners.Find(l => l.Address == "::");
        var process = listener.Host is null ? (uint)Random.Next(0, 6) : Random.Next(4) == 0 ? 0 : listener.Process;
        var peer = address is "127.0.0.1" or "::1" ? "127.0.0.1" : Pick(Peers);
        return (host, Observe(new DependencyKey(
            ns, process, Role.Server, Transport.Tcp, World.Address(address), port, World.Address(peer), 0)));
    }

    private static DependencyObservation Observe(DependencyKey key, Counters counters) => new(key, counters, World.Start, World.Start, null);

    private DependencyObservation Observe(DependencyKey key)
    {
        var opened = Random.Next(1, 50);
        var failed = key.Role == Role.Client ? Random.Next(3) : 0;
        return Observe(key, new Counters(opened, failed, Random.Next(opened + 1), Random.Next(9999), Random.Next(9999), 0)) with
        {
            Details = failed == 0 ? null : new() { Counters = new(Random.Next(failed + 1), 0, 0, 0), LastFailure = FailureReason.Refused, LastFailed = World.Start },
        };
    }

    private string Host() => $"h{Random.Next(1, 4)}";

    private ulong Namespace() => Random.Next(3) == 0 ? 5 : World.HostNamespace;

    private ushort Port() => (ushort)Random.Next(80, 82);

    private string Pick(string[] from) => from[Random.Next(from.Length)];
}
