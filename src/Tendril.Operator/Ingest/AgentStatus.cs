using System.Collections.Immutable;

namespace Tendril.Operator.Ingest;

/// <summary>One thing an agent tried on its kernel.</summary>
/// <param name="Since">When it was attached; null when it was not, or that was not told.</param>
internal sealed record AgentCapability(string Name, bool Available, string Detail, DateTimeOffset? Since);

/// <summary>The agent compared the kernel's table of TCP sockets with what it follows.</summary>
/// <param name="Time">When.</param>
/// <param name="Sockets">Open connections that the kernel listed.</param>
/// <param name="Explained">Those of them that are part of what the agent counts.</param>
/// <param name="Share">Explained of all, 0 to 1; 1 when there were none.</param>
internal sealed record AgentSelfCheck(DateTimeOffset Time, long Sockets, long Explained, double Share);

/// <summary>TCP seen on the wire of one interface.</summary>
internal sealed record AgentWire(string Interface, long Packets, long Bytes, long Connections);

/// <summary>What one of the agent's BPF programs cost, while the kernel's statistics were on (sysctl kernel.bpf_stats_enabled).</summary>
/// <param name="Runs">How often it ran since it was loaded.</param>
/// <param name="RunTimeNs">Nanoseconds in it, all runs together.</param>
internal sealed record AgentProgram(string Name, long Runs, long RunTimeNs);

/// <summary>An agent as shown to people. Immutable; the losses are cumulative since the agent's start.</summary>
internal sealed record AgentStatus(
    string HostId, string Hostname, string AgentVersion, string Kernel, bool Connected, DateTimeOffset StartedAt, DateTimeOffset LastSeen,
    string Scope, ImmutableArray<AgentCapability> Capabilities, long LostFlowEvents, long SuppressedFlowEvents,
    ImmutableSortedDictionary<string, long> CounterOverflows, long Unattributed, ImmutableArray<AgentWire> Wire, AgentSelfCheck? SelfCheck = null)
{
    /// <summary>Empty unless the kernel counts.</summary>
    public ImmutableArray<AgentProgram> Programs { get; init; } = [];
}
