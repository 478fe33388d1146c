namespace Tendril.Graph.Tests;

/// <summary>A graph with short words for what agents report, and a clock of its own.</summary>
internal sealed class World
{
    public const ulong HostNamespace = 4026531840;
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public World(Action<GraphOptions>? configure = null)
    {
        var options = new GraphOptions();
        configure?.Invoke(options);
        Graph = new DependencyGraph(options, Name, Start);
    }

    public DependencyGraph Graph { get; }

    public DateTimeOffset Now { get; set; } = Start;

    /// <summary>Of a restored graph: the runs that were the present.</summary>
    public IReadOnlyList<AgentRun> Present { get; set; } = [];

    public static ServiceIdentity Name(UnresolvedEndpoint endpoint) => endpoint.ServerName is { } name
        ? new ServiceIdentity("external/" + name, name, "external", "external", endpoint.ServerNameSource == NameSource.Tls ? "TLS server name" : "DNS answer")
        : endpoint.Path is { } path
        ? new ServiceIdentity($"{endpoint.HostId}{path}", path, "address", null, "address")
        : endpoint.Address.IsLocalOnly
        ? new ServiceIdentity(
            $"{endpoint.HostId}/{endpoint.NetworkNamespace}/{endpoint.Address}:{endpoint.Port}", $"{endpoint.Address}:{endpoint.Port}", "address", null, "address")
        : new ServiceIdentity($"{endpoint.Address}:{endpoint.Port}", $"{endpoint.Address}:{endpoint.Port}", "external", null, "address");

    public static ServiceIdentity Service(string name) => new(name, name, "process", null, "process");

    public static NetAddress Address(string text) => NetAddress.Parse(text);

    public AgentRun Run(string host = "h1", long start = 1, params string[] addresses) =>
        Graph.BeginRun(host, host, start, HostNamespace, [.. addresses.Select(Address)]);

    public void Process(AgentRun run, uint number, string service, bool alive = true, bool hidden = false) =>
        Graph.Apply(run, new ProcessObservation(number, 1000 + number, Start, service, $"/bin/{service}", alive, Service(service) with { Hidden = hidden }));

    public void Listen(AgentRun run, uint process, string address, ushort port, bool open = true, ulong ns = HostNamespace, Transport transport = Transport.Tcp) =>
        Graph.Apply(run, new ListenerObservation(ns, Address(address), port, transport, process, open, Now));

    public void Serve(AgentRun run, uint process, string service, string address, ushort port, ulong ns = HostNamespace)
    {
        Process(run, process, service);
        Listen(run, process, address, port, ns: ns);
    }

    public DependencyObservation Client(
        uint process, string address, ushort port, long opened = 1, long closed = 0, long failed = 0, long sent = 0, long received = 0,
        ulong ns = HostNamespace, Transport transport = Transport.Tcp, uint generation = 0) => new(
            new DependencyKey(ns, process, Role.Client, transport, Address(address), port, default, generation),
            new Counters(opened, failed, closed, sent, received, 0), Now, Now, null);

    public DependencyObservation Server(
        uint process, string address, ushort port, string peer, long opened = 1, long closed = 0, long sent = 0, long received = 0, ulong ns = HostNamespace) => new(
            new DependencyKey(ns, process, Role.Server, Transport.Tcp, Address(address), port, Address(peer), 0),
            new Counters(opened, 0, closed, sent, received, 0), Now, Now, null);

    public void Report(AgentRun run, params DependencyObservation[] dependencies) => Graph.Apply(run, dependencies);

    public GraphSnapshot Publish(double afterSeconds = 0)
    {
        Now = Now.AddSeconds(afterSeconds);
        return Graph.Publish(Now);
    }

    /// <summary>"gateway>user/tcp/8001", sorted.</summary>
    public static string[] Edges(GraphSnapshot graph) =>
        [.. graph.Edges.Select(edge => $"{edge.Source}>{edge.Target}/{edge.Transport}/{edge.Port}").Order(StringComparer.Ordinal)];

    public static string[] Nodes(GraphSnapshot graph) => [.. graph.Nodes.Select(node => node.Id).Order(StringComparer.Ordinal)];

    public GraphEdge Edge(string source, string target) => Graph.Current.Edges.Single(edge => edge.Source == source && edge.Target == target);

    public GraphNode Node(string id) => Graph.Current.Nodes.Single(node => node.Id == id);
}
