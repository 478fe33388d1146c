using System.Collections.Immutable;

namespace Tendril.Operator.Ingest;

/// <summary>One thing an agent tried on its kernel.</summary>
internal sealed record AgentCapability(string Name, bool Available, string Detail);

/// <summary>TCP seen on the wire of one interface.</summary>
internal sealed record AgentWire(string Interface, long Packets, long Bytes, long Connections);

/// <summary>An agent as shown to people. Immutable; the losses are cumulative since the agent's start.</summary>
internal sealed record AgentStatus(
    string HostId, string Hostname, string AgentVersion, string Kernel, bool Connected, DateTimeOffset StartedAt, DateTimeOffset LastSeen,
    string Scope, ImmutableArray<AgentCapability> Capabilities, long LostFlowEvents, long SuppressedFlowEvents,
    ImmutableSortedDictionary<string, long> CounterOverflows, long Unattributed, ImmutableArray<AgentWire> Wire);
