using System.Collections.Immutable;
using Tendril.Graph;
using static Tendril.Operator.Memory.MemoryColumns;

namespace Tendril.Operator.Memory;

/// <summary>
/// The tables. Whoever changes them raises <see cref="Version"/>, gives <see cref="MemoryFile"/> the steps from the version before, and a test a file of
/// that version.
/// </summary>
internal static class MemorySchema
{
    public const int Version = 1;

    public static readonly MemoryTable<HostRow> Hosts = new(
        "hosts", ["row INTEGER PRIMARY KEY", "host_id TEXT NOT NULL", "retired_until_us INTEGER NOT NULL", "addresses BLOB NOT NULL"],
        row => [row.Row, row.HostId, row.RetiredUntilMicros, Blob(row.OwnAddresses)],
        row => new(row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.Addresses(3)));

    public static readonly MemoryTable<RunRow> Runs = new(
        "runs",
        [
            "row INTEGER PRIMARY KEY", "host INTEGER NOT NULL", "hostname TEXT NOT NULL", "start_us INTEGER NOT NULL", "network_namespace INTEGER NOT NULL",
            "is_present INTEGER NOT NULL", "ended_at INTEGER NOT NULL", "has_predecessor INTEGER NOT NULL", "has_told_all INTEGER NOT NULL",
        ],
        row => [row.Row, row.Host, row.Hostname, row.StartMicros, (long)row.HostNetworkNamespace, row.IsPresent, row.EndedAt, row.HasPredecessor, row.HasToldAll],
        row => new(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), (ulong)row.GetInt64(4), row.GetBoolean(5), row.GetInt64(6), row.GetBoolean(7), row.GetBoolean(8)));

    public static readonly MemoryTable<PlaceRow> Places = new(
        "places",
        ["row INTEGER PRIMARY KEY", "host INTEGER NOT NULL", "network_namespace INTEGER NOT NULL", "seen BLOB NOT NULL", "rewritten TEXT"],
        row => [row.Row, row.Host, (long)row.Place, Blob(row.Seen), row.Rewritten.Count == 0 ? null : Json([.. row.Rewritten], MemoryJson.Default.ListRewrittenEndpoint)],
        row => new(row.GetInt64(0), row.GetInt64(1), (ulong)row.GetInt64(2), row.Addresses(3), row.Json(4, MemoryJson.Default.ListRewrittenEndpoint) ?? []));

    public static readonly MemoryTable<ServiceRow> Services = new(
        "services",
        [
            "row INTEGER PRIMARY KEY", "id TEXT NOT NULL", "name TEXT NOT NULL", "kind TEXT NOT NULL", "tier TEXT", "named_by TEXT NOT NULL", "hidden INTEGER NOT NULL",
            "namespace TEXT", "tags TEXT", "is_process INTEGER NOT NULL", "first_seen INTEGER NOT NULL", "silenced_at INTEGER NOT NULL", "unresolved TEXT",
        ],
        row =>
        [
            row.Row, row.Identity.Id, row.Identity.Name, row.Identity.Kind, row.Identity.Tier, row.Identity.NamedBy, row.Identity.Hidden, row.Identity.Namespace,
            row.Identity.Tags.Count == 0 ? null : Json(new Dictionary<string, string>(row.Identity.Tags), MemoryJson.Default.DictionaryStringString),
            row.IsProcess, row.FirstSeen, row.SilencedAt, Json(row.Unresolved, MemoryJson.Default.UnresolvedRow),
        ],
        row => new(
            row.GetInt64(0),
            new ServiceIdentity(row.GetString(1), row.GetString(2), row.GetString(3), row.Text(4), row.GetString(5), row.GetBoolean(6))
            {
                Namespace = row.Text(7),
                Tags = row.Json(8, MemoryJson.Default.DictionaryStringString) is { } tags ? tags : ImmutableDictionary<string, string>.Empty,
            },
            row.GetBoolean(9), row.GetInt64(10), row.GetInt64(11), row.Json(12, MemoryJson.Default.UnresolvedRow)));

    public static readonly MemoryTable<ProcessRow> Processes = new(
        "processes",
        [
            "row INTEGER PRIMARY KEY", "run INTEGER NOT NULL", "number INTEGER NOT NULL", "service INTEGER NOT NULL", "namespace TEXT", "pid INTEGER NOT NULL",
            "start_time INTEGER NOT NULL", "comm TEXT NOT NULL", "exe TEXT NOT NULL", "alive INTEGER NOT NULL", "is_missing INTEGER NOT NULL",
        ],
        row => [row.Row, row.Run, (long)row.Number, row.Service, row.Namespace, (long)row.Pid, row.StartTime, row.Comm, row.Exe, row.Alive, row.IsMissing],
        row => new(
            row.GetInt64(0), row.GetInt64(1), (uint)row.GetInt64(2), row.GetInt64(3), row.Text(4), (uint)row.GetInt64(5), row.GetInt64(6),
            row.GetString(7), row.GetString(8), row.GetBoolean(9), row.GetBoolean(10)));

    public static readonly MemoryTable<ListenerRow> Listeners = new(
        "listeners",
        [
            "row INTEGER PRIMARY KEY", "host INTEGER NOT NULL", "network_namespace INTEGER NOT NULL", "address BLOB NOT NULL", "port INTEGER NOT NULL",
            "transport INTEGER NOT NULL", "path TEXT", "closed_at INTEGER NOT NULL", "owners TEXT NOT NULL",
        ],
        row =>
        [
            row.Row, row.Host, (long)row.Place, Blob(row.Endpoint.Address), (long)row.Endpoint.Port, (long)row.Endpoint.Transport, row.Path, row.ClosedAt,
            Json([.. row.Owners], MemoryJson.Default.ListOwnerRow),
        ],
        row => new(row.GetInt64(0), row.GetInt64(1), (ulong)row.GetInt64(2), row.Endpoint(3), row.Text(6), row.GetInt64(7), row.Json(8, MemoryJson.Default.ListOwnerRow)!));

    public static readonly MemoryTable<DependencyRow> Dependencies = new(
        "dependencies",
        [
            "row INTEGER PRIMARY KEY", "process INTEGER NOT NULL", "network_namespace INTEGER NOT NULL", "role INTEGER NOT NULL", "address BLOB NOT NULL",
            "port INTEGER NOT NULL", "transport INTEGER NOT NULL", "peer BLOB", "generation INTEGER NOT NULL", "opened INTEGER NOT NULL",
            "failed INTEGER NOT NULL", "closed INTEGER NOT NULL", "bytes_sent INTEGER NOT NULL", "bytes_received INTEGER NOT NULL", "retransmits INTEGER NOT NULL",
            "adopted INTEGER NOT NULL", "first_seen INTEGER NOT NULL", "last_seen INTEGER NOT NULL", "rtt BLOB", "more TEXT",
        ],
        row =>
        [
            row.Row, row.Process, (long)row.Place, (long)row.Role, Blob(row.Endpoint.Address), (long)row.Endpoint.Port, (long)row.Endpoint.Transport,
            row.Role == Role.Server ? Blob(row.PeerAddress) : null, (long)row.Generation, row.Counters.Opened, row.Counters.Failed, row.Counters.Closed,
            row.Counters.BytesSent, row.Counters.BytesReceived, row.Counters.Retransmits, row.Counters.Adopted, row.FirstSeen, row.LastSeen, Blob(row.Rtt),
            row is { Details: null, Past: null, Former: null } ? null : Json(new(row.Details, row.Past, row.Former), MemoryJson.Default.DependencyMore),
        ],
        row =>
        {
            var more = row.Json(19, MemoryJson.Default.DependencyMore);
            return new(
                row.GetInt64(0), row.GetInt64(1), (ulong)row.GetInt64(2), (Role)row.GetInt32(3), row.Endpoint(4), row.IsDBNull(7) ? default : row.Address(7),
                (uint)row.GetInt64(8),
                new(row.GetInt64(9), row.GetInt64(10), row.GetInt64(11), row.GetInt64(12), row.GetInt64(13), row.GetInt64(14), row.GetInt64(15)),
                row.GetInt64(16), row.GetInt64(17), row.Numbers(18), more?.Details)
            {
                Past = more?.Past,
                Former = more?.Former,
            };
        });

    public static readonly MemoryTable<EdgeRow> Edges = new(
        "edges",
        [
            "row INTEGER PRIMARY KEY", "source INTEGER NOT NULL", "target INTEGER NOT NULL", "transport INTEGER NOT NULL", "port INTEGER NOT NULL", "path TEXT",
            "last_seen INTEGER NOT NULL", "past TEXT NOT NULL",
        ],
        row => [row.Row, row.Source, row.Target, (long)row.Transport, (long)row.Port, row.Path, row.Past.LastSeen, Json(row.Past, MemoryJson.Default.EdgePast)],
        row => new(
            row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), (Transport)row.GetInt32(3), (ushort)row.GetInt32(4), row.Text(5), row.Json(7, MemoryJson.Default.EdgePast)!));

    public static readonly MemoryTable<LinkRow> Links = new(
        "links",
        [
            "row INTEGER PRIMARY KEY", "client INTEGER NOT NULL", "client_namespace INTEGER NOT NULL", "dialled_address BLOB NOT NULL", "dialled_port INTEGER NOT NULL",
            "dialled_transport INTEGER NOT NULL", "server_host INTEGER NOT NULL", "server_namespace INTEGER NOT NULL", "actual_address BLOB NOT NULL",
            "actual_port INTEGER NOT NULL", "actual_transport INTEGER NOT NULL", "peer BLOB NOT NULL", "server INTEGER NOT NULL", "since INTEGER NOT NULL",
        ],
        row =>
        [
            row.Row, row.Client, (long)row.ClientPlace, Blob(row.Dialled.Address), (long)row.Dialled.Port, (long)row.Dialled.Transport, row.ServerHost,
            (long)row.ServerPlace, Blob(row.Actual.Address), (long)row.Actual.Port, (long)row.Actual.Transport, Blob(row.Peer), row.Server, row.Since,
        ],
        row => new(
            row.GetInt64(0), row.GetInt64(1), (ulong)row.GetInt64(2), row.Endpoint(3), row.GetInt64(6), (ulong)row.GetInt64(7), row.Endpoint(8), row.Address(11),
            row.GetInt64(12), row.GetInt64(13)));

    /// <summary>The table of a kind of rows.</summary>
    public static string NameOf(RowKind kind) => kind switch
    {
        RowKind.Host => Hosts.Name,
        RowKind.Run => Runs.Name,
        RowKind.Place => Places.Name,
        RowKind.Service => Services.Name,
        RowKind.Process => Processes.Name,
        RowKind.Listener => Listeners.Name,
        RowKind.Dependency => Dependencies.Name,
        RowKind.Edge => Edges.Name,
        RowKind.Link => Links.Name,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static string Create { get; } = string.Concat(
        Hosts.Schema, Runs.Schema, Places.Schema, Services.Schema, Processes.Schema, Listeners.Schema, Dependencies.Schema, Edges.Schema, Links.Schema,
        "CREATE TABLE agents (host_id TEXT PRIMARY KEY, agent TEXT NOT NULL) STRICT;",
        "CREATE TABLE marks (name TEXT PRIMARY KEY, at INTEGER NOT NULL, note TEXT) STRICT;",
        "CREATE TABLE kept (taken_at INTEGER NOT NULL, downtimes TEXT NOT NULL) STRICT;");
}
