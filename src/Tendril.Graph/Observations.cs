using System.Collections.Immutable;

namespace Tendril.Graph;

/// <summary>Transport of an endpoint. The numbers are IANA's protocol numbers, but for Unix sockets, which have none.</summary>
public enum Transport : byte
{
    /// <summary>Not told.</summary>
    None = 0,

    /// <summary>A Unix socket with a path: its address is a digest of the path, which means the same everywhere on its host and nothing elsewhere; its port is 0.</summary>
    Unix = 1,

    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,
}

/// <summary>Which end of a connection reported.</summary>
public enum Role : byte
{
    /// <summary>Not told.</summary>
    None = 0,

    /// <summary>The end that connected.</summary>
    Client = 1,

    /// <summary>The end that accepted.</summary>
    Server = 2,
}

/// <summary>What a node of the graph is called, and why. Made by the operator's naming, taken as given by the graph.</summary>
/// <param name="Id">Stable over restarts of service, agent and operator; equal ids are one node.</param>
/// <param name="Name">What a person would call it.</param>
/// <param name="Kind">"process", "container", "systemd", "kubernetes", "external", "address" (a local endpoint nobody is known to listen on), "other" (folded by a limit).</param>
/// <param name="Tier">"edge", "service", "data" or "external" when a rule says so; null lets the analysis decide.</param>
/// <param name="NamedBy">Which source gave the name: "rule shop.yaml:12", "systemd unit", "process", "well-known port", "DNS answer", "TLS server name", "address".</param>
/// <param name="Hidden">Neither the node nor its edges are shown: the agent's and the operator's own traffic.</param>
public sealed record ServiceIdentity(string Id, string Name, string Kind, string? Tier, string NamedBy, bool Hidden = false)
{
    /// <summary>Tags from the rule that named it.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What it is grouped by for people; null: nothing is known. No part of the id, as processes of one service may differ in it.</summary>
    public string? Namespace { get; init; }

    /// <summary>What the processes of a host belong to until they are described.</summary>
    public static ServiceIdentity UnknownProcess(string hostId, string hostname) =>
        new($"unknown@{hostId}", $"unknown process on {hostname}", "process", null, "unknown process");
}

/// <summary>A process record of one agent run and the service it belongs to now. Sent again whenever either changes.</summary>
/// <param name="Number">The agent's number for it, from 1.</param>
/// <param name="Pid">Of the newest process in the record.</param>
/// <param name="StartTime">When that process started.</param>
/// <param name="Comm">The kernel's name for it, at most 15 bytes.</param>
/// <param name="Exe">Path of the executable; empty when unknown.</param>
/// <param name="Alive">False once it is gone.</param>
/// <param name="Service">The node it belongs to.</param>
public sealed record ProcessObservation(uint Number, uint Pid, DateTimeOffset StartTime, string Comm, string Exe, bool Alive, ServiceIdentity Service);

/// <summary>A listening endpoint in a network namespace of the run's host, opened or closed. Unix: in namespace 0, with its path.</summary>
public readonly record struct ListenerObservation(
    ulong NetworkNamespace, NetAddress Address, ushort Port, Transport Transport, uint ProcessNumber, bool Open, DateTimeOffset Since, string? Path = null);

/// <summary>
/// The key that counters are cumulative under, inside one agent run; Unix: in namespace 0. See <c>Dependency</c> in proto/tendril/v1/agent.proto for each field.
/// </summary>
public readonly record struct DependencyKey(
    ulong NetworkNamespace, uint ProcessNumber, Role Role, Transport Transport,
    NetAddress ServerAddress, ushort ServerPort, NetAddress PeerAddress, uint Generation);

/// <summary>
/// Cumulative counters as one end saw them: bytes sent are the reporting side's. All only grow under their key.
/// </summary>
/// <param name="Opened">Connections established.</param>
/// <param name="Failed">Connects that never were.</param>
/// <param name="Closed">Established connections that ended; opened - closed are active.</param>
/// <param name="BytesSent">Bytes the peer acknowledged.</param>
/// <param name="BytesReceived">Bytes received.</param>
/// <param name="Retransmits">Segments sent again.</param>
/// <param name="Adopted">Those of <paramref name="Opened"/> that were open before the run began: an earlier run may have counted them.</param>
public readonly record struct Counters(long Opened, long Failed, long Closed, long BytesSent, long BytesReceived, long Retransmits, long Adopted = 0);

/// <summary>One report of a dependency. <paramref name="RttBuckets"/> is null or 20 cumulative counts, bucket i for [2^i, 2^(i+1)) µs.</summary>
/// <param name="Key">What the counters are cumulative under.</param>
/// <param name="Counters">The counters.</param>
/// <param name="FirstSeen">When it was first seen.</param>
/// <param name="LastSeen">When a counter last changed.</param>
/// <param name="RttBuckets">Round trips.</param>
/// <param name="Details">What most dependencies have nothing of; null: nothing.</param>
/// <param name="LastAttempt">None of those opened and failed began later, by the clock of <see cref="ListenerObservation"/>.Since; default: not known.</param>
public readonly record struct DependencyObservation(
    DependencyKey Key, Counters Counters, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, long[]? RttBuckets, DependencyDetails? Details = null,
    DateTimeOffset LastAttempt = default);

/// <summary>An endpoint that no known process listens on, or a peer address without an agent; naming turns it into a service.</summary>
/// <param name="HostId">The host whose process saw it: a loopback address means something only there.</param>
/// <param name="Hostname">That host's name, for display.</param>
/// <param name="NetworkNamespace">The namespace it was seen in; 0 when it is the host's own.</param>
/// <param name="Address">The address.</param>
/// <param name="Port">The server port, or null for a peer that connected from an ephemeral port.</param>
/// <param name="Transport">The transport.</param>
/// <param name="Path">Unix: the socket's path, "/run/app.sock" or "@name"; else null.</param>
/// <param name="ServerName">The name under which the client came to know the address, as it was seen; null: none was.</param>
/// <param name="ServerNameSource">Where that name was seen.</param>
public readonly record struct UnresolvedEndpoint(
    string HostId, string Hostname, ulong NetworkNamespace, NetAddress Address, ushort? Port, Transport Transport, string? Path = null,
    string? ServerName = null, NameSource ServerNameSource = NameSource.None);
