namespace Tendril.Graph;

/// <summary>What a row is of. The numbers are kept outside, they never change.</summary>
public enum RowKind
{
    Host = 1,
    Run = 2,
    Place = 3,
    Service = 4,
    Process = 5,
    Listener = 6,
    Dependency = 7,
    Edge = 8,
    Link = 9,
}

/// <summary>A row that is no longer wanted.</summary>
public readonly record struct ForgottenRow(RowKind Kind, long Row);

/// <summary>
/// The graph in rows, to be kept outside it: all of them, or those that changed since the last were taken. It is what agents reported and what the
/// graph made of it that cannot be found again, not what is shown: reports that come after it was restored merge with it as with those before.
/// Rows refer to each other by number, 0 is none. Times are ticks, UTC.
/// </summary>
public sealed class GraphRows
{
    /// <summary>These are all rows, and what else is kept is wrong.</summary>
    public bool IsWhole { get; init; }

    /// <summary>When they were true.</summary>
    public long TakenAt { get; init; }

    /// <summary>When nobody kept the graph, in order: nothing grows old in these.</summary>
    public IReadOnlyList<Downtime> Downtimes { get; init; } = [];

    public List<HostRow> Hosts { get; } = [];

    public List<RunRow> Runs { get; } = [];

    public List<PlaceRow> Places { get; } = [];

    public List<ServiceRow> Services { get; } = [];

    public List<ProcessRow> Processes { get; } = [];

    public List<ListenerRow> Listeners { get; } = [];

    public List<DependencyRow> Dependencies { get; } = [];

    public List<EdgeRow> Edges { get; } = [];

    public List<LinkRow> Links { get; } = [];

    public IReadOnlyList<ForgottenRow> Forgotten { get; init; } = [];

    /// <summary>How many rows are to be written or removed.</summary>
    public int Count => Hosts.Count + Runs.Count + Places.Count + Services.Count + Processes.Count + Listeners.Count + Dependencies.Count
        + Edges.Count + Links.Count + Forgotten.Count;
}

/// <summary>A time in which no operator ran.</summary>
public readonly record struct Downtime(long From, long Until);

/// <summary>An address and port, and its transport.</summary>
public readonly record struct RowEndpoint(NetAddress Address, ushort Port, Transport Transport);

/// <summary>What a program asked for that was connected to <paramref name="Remote"/>.</summary>
public sealed record RewrittenEndpoint(RowEndpoint Remote, IReadOnlyList<RowEndpoint> Dialled);

/// <summary>A machine.</summary>
public sealed record HostRow(long Row, string HostId, long RetiredUntilMicros, IReadOnlyList<NetAddress> OwnAddresses);

/// <summary>A run of an agent.</summary>
public sealed record RunRow(
    long Row, long Host, string Hostname, long StartMicros, ulong HostNetworkNamespace, bool IsPresent, long EndedAt, bool HasPredecessor, bool HasToldAll);

/// <summary>What connections told of a network namespace.</summary>
public sealed record PlaceRow(long Row, long Host, ulong Place, IReadOnlyList<NetAddress> Seen, IReadOnlyList<RewrittenEndpoint> Rewritten);

/// <summary>A node; <paramref name="Unresolved"/> is where it was looked for, null where it has only processes.</summary>
public sealed record ServiceRow(long Row, ServiceIdentity Identity, bool IsProcess, long FirstSeen, long SilencedAt, UnresolvedRow? Unresolved);

/// <summary>An endpoint that nobody is known to listen on; of a peer from anywhere without a port.</summary>
public sealed record UnresolvedRow(NetAddress Address, ushort? Port, Transport Transport, ulong Place, string Hostname, string? Path);

/// <summary>A process record; <paramref name="Service"/> is 0 where it was never described, and the rest says nothing then.</summary>
public sealed record ProcessRow(
    long Row, long Run, uint Number, long Service, string? Namespace, uint Pid, long StartTime, string Comm, string Exe, bool Alive, bool IsMissing);

/// <summary>A listening endpoint and whom it belongs to.</summary>
public sealed record ListenerRow(long Row, long Host, ulong Place, RowEndpoint Endpoint, string? Path, long ClosedAt, IReadOnlyList<OwnerRow> Owners);

/// <summary>A process that listens, or did.</summary>
public sealed record OwnerRow(long Process, bool Open, long Since);

/// <summary>What one run counted under one key.</summary>
public sealed record DependencyRow(
    long Row, long Process, ulong Place, Role Role, RowEndpoint Endpoint, NetAddress PeerAddress, uint Generation,
    Counters Counters, long FirstSeen, long LastSeen, IReadOnlyList<uint>? Rtt, DependencyDetails? Details)
{
    /// <summary>What of it counts elsewhere; null: nothing does.</summary>
    public DependencyPast? Past { get; init; }

    /// <summary>Set while it stays with the former owner of its endpoint.</summary>
    public FormerTarget? Former { get; init; }
}

/// <summary>What was counted before the endpoint was taken over.</summary>
public sealed record DependencyPast(Counters Counters, RareCounters Rare, IReadOnlyList<uint>? Rtt, long Since);

/// <summary>The owner that an endpoint had, and where.</summary>
public sealed record FormerTarget(long Service, long Process, long Host, ulong Place);

/// <summary>What counts on an edge for good.</summary>
public sealed record EdgeRow(long Row, long Source, long Target, Transport Transport, ushort Port, string? Path, EdgePast Past);

/// <summary>Sums over dependencies that were forgotten; the server's are seen from the server.</summary>
public sealed record EdgePast(
    Counters Client, Counters Server, RareCounters ClientRare, RareCounters ServerRare, LastFailure? LastFailure,
    IReadOnlyList<long>? ClientRtt, IReadOnlyList<long>? ServerRtt, bool HasClient, bool HasServer, bool Matched, long FirstSeen, long LastSeen, long ClientFound, long ServerFound);

/// <summary>What a joined handshake proved.</summary>
public sealed record LinkRow(
    long Row, long Client, ulong ClientPlace, RowEndpoint Dialled, long ServerHost, ulong ServerPlace, RowEndpoint Actual, NetAddress Peer,
    long Server, long Since);
