using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tendril.Cli.Operator;

// What the command line reads of the operator's REST answers. Unknown fields are passed over, missing ones have harmless values: an older
// command line reads a newer operator.

internal sealed record GraphDocument
{
    public DateTimeOffset Time { get; init; }

    public IReadOnlyList<Node> Nodes { get; init; } = [];

    public IReadOnlyList<Edge> Edges { get; init; } = [];

    public Stats Stats { get; init; } = new();
}

internal sealed record Node
{
    public required string Id { get; init; }

    public string Name { get; init; } = "";

    public string Kind { get; init; } = "";

    public string Tier { get; init; } = "";

    public string State { get; init; } = "";

    /// <summary>Known from before the operator's restart, and not confirmed since.</summary>
    public bool Stale { get; init; }

    public string NamedBy { get; init; } = "";

    public IReadOnlyList<string> Endpoints { get; init; } = [];

    public IReadOnlyList<string> Hosts { get; init; } = [];

    public IReadOnlyList<NodeProcess> Processes { get; init; } = [];

    public DateTimeOffset LastSeen { get; init; }
}

internal sealed record NodeProcess(uint Pid, string? Comm, bool Alive);

internal sealed record Edge
{
    public string Id { get; init; } = "";

    public required string Source { get; init; }

    public required string Target { get; init; }

    public string Transport { get; init; } = "";

    public int Port { get; init; }

    public string? Path { get; init; }

    public IReadOnlyList<string>? Dialled { get; init; }

    public long ConnectionsOpened { get; init; }

    public long ConnectionsFailed { get; init; }

    public Failures? Failures { get; init; }

    public LastFailure? LastFailure { get; init; }

    public long ConnectionsActive { get; init; }

    public long BytesSent { get; init; }

    public long BytesReceived { get; init; }

    public long DatagramsSent { get; init; }

    public long DatagramsReceived { get; init; }

    public long Retransmits { get; init; }

    public Rtt? RttMicros { get; init; }

    public string Evidence { get; init; } = "";

    public string State { get; init; } = "";

    /// <summary>Known from before the operator's restart, and not confirmed since.</summary>
    public bool Stale { get; init; }

    public DateTimeOffset FirstSeen { get; init; }

    public DateTimeOffset LastSeen { get; init; }
}

internal sealed record Rtt(double P50, double P99);

internal sealed record Failures(long Refused, long TimedOut, long Unreachable, long Abandoned, long Other);

internal sealed record LastFailure(string? Reason, DateTimeOffset At);

internal sealed record Stats
{
    public string Version { get; init; } = "";

    public IReadOnlyList<Agent> Agents { get; init; } = [];

    public IReadOnlyList<Limit>? Limits { get; init; }
}

/// <param name="Used">Now.</param>
/// <param name="Folded">Shown as part of a node of kind "other".</param>
/// <param name="Refused">Not taken, each time it was offered.</param>
internal sealed record Limit(string? Flag, [property: JsonPropertyName("limit")] long Most, long Used, long Folded, long Refused);

internal sealed record Agent
{
    public string Hostname { get; init; } = "";

    public string AgentVersion { get; init; } = "";

    public string Kernel { get; init; } = "";

    public bool Connected { get; init; }

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset LastSeen { get; init; }

    public string Scope { get; init; } = "";

    public IReadOnlyList<Capability> Capabilities { get; init; } = [];

    public SelfCheck? SelfCheck { get; init; }

    public long LostFlowEvents { get; init; }

    public long SuppressedFlowEvents { get; init; }

    public IReadOnlyDictionary<string, long> CounterOverflows { get; init; } = new Dictionary<string, long>();

    public long Unattributed { get; init; }
}

internal sealed record Capability(string Name, bool Available, string? Detail, DateTimeOffset? Since);

/// <summary>The agent compared the kernel's table of open connections with what it follows.</summary>
internal sealed record SelfCheck(DateTimeOffset Time, long Sockets, long Explained);

internal sealed record Impact
{
    public IReadOnlyList<string> Dependents { get; init; } = [];

    public IReadOnlyList<string> Dependencies { get; init; } = [];

    public IReadOnlyList<IReadOnlyList<string>> Cycles { get; init; } = [];
}

internal sealed record Health(string? Service, string? Status);

internal sealed record JoinTokenRequest(string HostId);

internal sealed record JoinTokenAnswer(string Token, DateTimeOffset ExpiresAt);

/// <summary>RFC 9457.</summary>
internal sealed record Problem(string? Title, string? Detail, IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(GraphDocument))]
[JsonSerializable(typeof(EdgeAnswer))]
[JsonSerializable(typeof(Impact))]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(JoinTokenRequest))]
[JsonSerializable(typeof(JoinTokenAnswer))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ContractJson : JsonSerializerContext;
