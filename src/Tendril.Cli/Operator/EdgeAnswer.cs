using System.Text.Json.Serialization;

namespace Tendril.Cli.Operator;

// What GET /api/edges/{id} answers, as far as the command line shows it; see Contract.cs.

/// <summary>Why an edge is there.</summary>
internal sealed record EdgeAnswer
{
    public required Edge Edge { get; init; }

    public EdgeEnd Source { get; init; } = new();

    public EdgeEnd Target { get; init; } = new();

    public IReadOnlyList<EdgeReport> Reports { get; init; } = [];

    public long ReportsLeftOut { get; init; }

    public IReadOnlyList<EdgeSample> Samples { get; init; } = [];

    /// <summary>Not an answer: made of the graph alone.</summary>
    [JsonIgnore]
    public bool IsUntold { get; init; }
}

internal sealed record EdgeEnd
{
    public string Kind { get; init; } = "";

    public string NamedBy { get; init; } = "";
}

/// <summary>What one agent counted of one end of it.</summary>
internal sealed record EdgeReport
{
    public string Hostname { get; init; } = "";

    public string Role { get; init; } = "";

    public ReportProcess? Process { get; init; }

    /// <summary>"0" is the host's own.</summary>
    public string NetworkNamespace { get; init; } = "0";

    public string ServerEndpoint { get; init; } = "";

    /// <summary>The client's address, where the server reports.</summary>
    public string? Peer { get; init; }

    public IReadOnlyList<string> Dialled { get; init; } = [];

    public string? ServerName { get; init; }

    /// <summary>False where the other end's report of the same connections counts.</summary>
    public bool Counted { get; init; } = true;

    public ReportCounters Counters { get; init; } = new();

    public DateTimeOffset FirstSeen { get; init; }

    public DateTimeOffset LastSeen { get; init; }

    public string ResolvedBy { get; init; } = "";

    public DateTimeOffset? Since { get; init; }
}

internal sealed record ReportProcess(uint? Pid, string? Comm, string? Exe);

/// <summary>Bytes and datagrams are seen from the end that reported.</summary>
internal sealed record ReportCounters
{
    public long Opened { get; init; }

    public long Failed { get; init; }

    public long Closed { get; init; }

    public long BytesSent { get; init; }

    public long BytesReceived { get; init; }

    public long DatagramsSent { get; init; }

    public long DatagramsReceived { get; init; }
}

/// <summary>One connection as one end saw it.</summary>
internal sealed record EdgeSample(
    DateTimeOffset Time, string? Host, string? Role, string? Local, string? Remote, string? Dialled, uint Pid, string? Comm, double? RttMicros);
