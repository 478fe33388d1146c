using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;

namespace Tendril.Graph;

/// <summary>A process shown on a node.</summary>
public sealed record NodeProcess(uint Pid, string Comm, string Exe, string Host, bool Alive);

/// <summary>A service: a node of the graph. Immutable.</summary>
public sealed record GraphNode
{
    /// <summary>Stable over restarts.</summary>
    public required string Id { get; init; }

    /// <summary>What a person would call it.</summary>
    public required string Name { get; init; }

    /// <summary>"process", "container", "systemd", "kubernetes", "external", "address" (a local endpoint nobody is known to listen on) or "other" (folded by a limit).</summary>
    public required string Kind { get; init; }

    /// <summary>"edge", "service", "data" or "external".</summary>
    [AllowedValues("edge", "service", "data", "external")]
    public required string Tier { get; init; }

    /// <summary>Address of its first listening endpoint, null for a pure client.</summary>
    public string? Ip { get; init; }

    /// <summary>Port of its first listening endpoint, null for a pure client.</summary>
    public int? Port { get; init; }

    /// <summary>"tcp/127.0.0.1:8001", "unix//run/app.sock", sorted.</summary>
    public ImmutableArray<string> Endpoints { get; init; } = [];

    /// <summary>Host names it runs on.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>At most 20 processes, living ones first.</summary>
    public ImmutableArray<NodeProcess> Processes { get; init; } = [];

    /// <summary>"active", "idle" (nothing lately) or "gone" (no process left, or silent for long; leaves the graph after retention).</summary>
    [AllowedValues("active", "idle", "gone")]
    public required string State { get; init; }

    /// <summary>Which source gave the name: "rule shop.yaml:12", "systemd unit", "process", "DNS answer", "address" and others.</summary>
    public required string NamedBy { get; init; }

    /// <summary>
    /// What it is grouped by for people: a rule's namespace, else its Kubernetes namespace, compose project, machine or systemd slice; null
    /// where there is none. Of a service that is in several, the first by name.
    /// </summary>
    public string? Namespace { get; init; }

    /// <summary>True when it depends on itself through others.</summary>
    public bool InCycle { get; init; }

    /// <summary>True when this is what was known before the operator's last restart, and no agent has confirmed it since.</summary>
    public bool Stale { get; init; }

    /// <summary>When it was first seen.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>When it was last seen doing anything.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Tags from the rule that named it.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The version it last changed with; kept here, and not beside it, so that a snapshot's arrays stay plain.</summary>
    internal long ChangedAt { get; init; }
}

/// <summary>Round-trip times in microseconds.</summary>
public sealed record RttQuantiles(double P50, double P99);

/// <summary>A dependency: an edge from a client service to a server service over one transport and server port. Immutable.</summary>
public sealed record GraphEdge
{
    // There are 100,000 of these: times without an offset that is always zero, words as numbers, small numbers small.
    private readonly long _firstSeenTicks;
    private readonly long _lastSeenTicks;

    // In tenths, as they are rounded; the least there is are 10, 0 is none.
    private readonly uint _rttP50;
    private readonly uint _rttP99;
    private readonly ushort _port;
    private readonly byte _strength;
    private readonly EdgeWord _transport;
    private readonly EdgeWord _evidence;
    private readonly EdgeWord _state;
    private readonly EdgeDetails _details = EdgeDetails.None;

    /// <summary>Stable over restarts: made of source, target, transport and port.</summary>
    public required string Id { get; init; }

    /// <summary>Node id of the client.</summary>
    public required string Source { get; init; }

    /// <summary>Node id of the server.</summary>
    public required string Target { get; init; }

    /// <summary>"tcp", "udp" or "unix".</summary>
    [AllowedValues("tcp", "udp", "unix")]
    public required string Transport
    {
        get => _transport.Text();
        init => _transport = EdgeWords.Parse(value);
    }

    /// <summary>Server port; 0 for a Unix socket.</summary>
    public required int Port
    {
        get => _port;
        init => _port = checked((ushort)value);
    }

    /// <summary>A Unix socket's path, "/run/app.sock" or "@name"; else null.</summary>
    public string? Path => _details.Path;

    /// <summary>
    /// What clients asked for, "tcp/10.96.0.1:443", where that is not where they were served: a load balancer, NAT. At most 8, sorted.
    /// </summary>
    public ImmutableArray<string> Dialled => _details.Dialled;

    /// <summary>Connections established since the agents' first report.</summary>
    public long ConnectionsOpened { get; init; }

    /// <summary>Connects that never were.</summary>
    public long ConnectionsFailed { get; init; }

    /// <summary>Those by reason.</summary>
    public EdgeFailures Failures => _details.Failures;

    /// <summary>The last of them; null: none failed that the client's agent told of.</summary>
    public LastFailure? LastFailure => _details.LastFailure;

    /// <summary>Established connections that ended.</summary>
    public long ConnectionsClosed { get; init; }

    /// <summary>Open now.</summary>
    public long ConnectionsActive { get; init; }

    /// <summary>Bytes from client to server.</summary>
    public long BytesSent { get; init; }

    /// <summary>Bytes from server to client.</summary>
    public long BytesReceived { get; init; }

    /// <summary>UDP, from client to server.</summary>
    public long DatagramsSent => _details.DatagramsSent;

    /// <summary>UDP, from server to client.</summary>
    public long DatagramsReceived => _details.DatagramsReceived;

    /// <summary>Segments the client sent again (the server's, when only the server reported).</summary>
    public long Retransmits { get; init; }

    /// <summary>Null until one was measured.</summary>
    public RttQuantiles? RttMicros
    {
        get => _rttP50 == 0 ? null : new(_rttP50 / 10.0, _rttP99 / 10.0);
        init => (_rttP50, _rttP99) = value is null ? (0, 0) : (Tenths(value.P50), Tenths(value.P99));
    }

    /// <summary>1 to 10, by connections and bytes against the rest of the graph, on a logarithmic scale.</summary>
    public int Strength
    {
        get => _strength;
        init => _strength = checked((byte)value);
    }

    /// <summary>"client", "server" or "both": which ends reported it.</summary>
    [AllowedValues("client", "server", "both")]
    public required string Evidence
    {
        get => _evidence.Text();
        init => _evidence = EdgeWords.Parse(value);
    }

    /// <summary>"active", "idle" or "gone".</summary>
    [AllowedValues("active", "idle", "gone")]
    public required string State
    {
        get => _state.Text();
        init => _state = EdgeWords.Parse(value);
    }

    /// <summary>True when this is what was known before the operator's last restart, and no agent has confirmed it since.</summary>
    public bool Stale { get; init; }

    /// <summary>When it was first seen.</summary>
    public required DateTimeOffset FirstSeen
    {
        get => new(_firstSeenTicks, TimeSpan.Zero);
        init => _firstSeenTicks = value.UtcTicks;
    }

    /// <summary>When a counter last changed; while connections are open, a moment no longer ago than half of the time after which an edge is idle.</summary>
    public required DateTimeOffset LastSeen
    {
        get => new(_lastSeenTicks, TimeSpan.Zero);
        init => _lastSeenTicks = value.UtcTicks;
    }

    /// <summary>The version it last changed with.</summary>
    internal long ChangedAt { get; init; }

    internal EdgeDetails Details
    {
        get => _details;
        init => _details = value;
    }

    private static uint Tenths(double micros) => (uint)Math.Round(micros * 10);
}

/// <summary>Sums over the whole graph.</summary>
public sealed record GraphTotals(
    int Nodes, int Edges, long ConnectionsOpened, long ConnectionsFailed, long ConnectionsClosed, long ConnectionsActive,
    long BytesSent, long BytesReceived, long Retransmits);

/// <summary>The whole graph at one moment. Immutable: readers take the reference once and never lock.</summary>
public sealed record GraphSnapshot(
    long Version, DateTimeOffset Time, ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphEdge> Edges, GraphTotals Totals);

/// <summary>What brings a snapshot of <paramref name="FromVersion"/> to <paramref name="Version"/>: whole nodes and edges, new or changed, and the ids of those that left.</summary>
public sealed record GraphChanges(
    long FromVersion, long Version, DateTimeOffset Time, ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphEdge> Edges,
    ImmutableArray<string> RemovedNodes, ImmutableArray<string> RemovedEdges, GraphTotals Totals);
