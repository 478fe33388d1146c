using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Tendril.Graph;

/// <summary>Why an edge is in the graph: every report that it is made of. Immutable.</summary>
/// <param name="Edge">As it was published last.</param>
/// <param name="Source">The client and where its name comes from.</param>
/// <param name="Target">The server and where its name comes from.</param>
/// <param name="Reports">At most 100, those seen last first.</param>
/// <param name="ReportsLeftOut">How many more there are.</param>
public sealed record EdgeEvidence(GraphEdge Edge, EdgeEnd Source, EdgeEnd Target, ImmutableArray<EdgeReport> Reports, int ReportsLeftOut);

/// <summary>An end of an edge.</summary>
public sealed record EdgeEnd(string Id, string Name, string Kind, string NamedBy);

/// <summary>The process that a report is of; of an unknown one nothing but the number 0 is known.</summary>
public sealed record ReportProcess(uint Number, uint? Pid, string? Comm, string? Exe);

/// <summary>What a report adds to its edge, seen from the reporting side.</summary>
public sealed record ReportCounters(
    long Opened, long Failed, long Closed, long BytesSent, long BytesReceived, long Retransmits,
    long Refused, long TimedOut, long Unreachable, long Abandoned, long DatagramsSent, long DatagramsReceived);

/// <summary>What one agent counted under one key.</summary>
public sealed record EdgeReport
{
    /// <summary>Id of the host.</summary>
    public required string Host { get; init; }

    /// <summary>Its name.</summary>
    public required string Hostname { get; init; }

    /// <summary>"client" or "server": which end reported.</summary>
    [AllowedValues("client", "server")]
    public required string Role { get; init; }

    /// <summary>Who connected, or who listens.</summary>
    public required ReportProcess Process { get; init; }

    /// <summary>Its cookie, as text, as not every reader has 64-bit numbers; "0" is the host's own.</summary>
    public required string NetworkNamespace { get; init; }

    /// <summary>"tcp/10.0.0.2:80": where the client's connection went, or the server's own address.</summary>
    public required string ServerEndpoint { get; init; }

    /// <summary>The client's address as the server sees it; null in a client's report.</summary>
    public string? Peer { get; init; }

    /// <summary>What the program asked for, where a cgroup program rewrote it.</summary>
    public ImmutableArray<string> Dialled { get; init; } = [];

    /// <summary>The name under which the client came to know the address; null: none was seen.</summary>
    public string? ServerName { get; init; }

    /// <summary>False where the other end's report of the same connections counts.</summary>
    public required bool Counted { get; init; }

    /// <summary>What it adds, or would.</summary>
    public required ReportCounters Counters { get; init; }

    /// <summary>When it was first seen.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>When a counter last changed.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>
    /// How the other end was found: "listener", "server's report", "client's report", "handshake", "DNS answer", "TLS server name",
    /// "address" (only that is known of it) or "limit".
    /// </summary>
    [AllowedValues("listener", "server's report", "client's report", "handshake", "DNS answer", "TLS server name", "address", "limit")]
    public required string ResolvedBy { get; init; }

    /// <summary>Since when that is known: the listener's time, or the handshake's; null where it has no time of its own.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Where the report comes from, for who keeps more of it.</summary>
    [JsonIgnore]
    public ReportKey Key { get; init; }
}

/// <summary>Tells what a report is of, without the client's address and the generation.</summary>
/// <param name="RunStartMicros">The agent's run.</param>
/// <param name="NetworkNamespace">0: the host's own.</param>
/// <param name="ProcessNumber">In that run.</param>
/// <param name="Role">Which end.</param>
/// <param name="Transport">The transport.</param>
/// <param name="Address">The server's address.</param>
/// <param name="Port">The server's port.</param>
public readonly record struct ReportKey(
    long RunStartMicros, ulong NetworkNamespace, uint ProcessNumber, Role Role, Transport Transport, NetAddress Address, ushort Port);
