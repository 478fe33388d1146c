namespace Tendril.Graph;

/// <summary>A machine: its runs of agents and its network namespaces.</summary>
internal sealed class HostState(string hostId)
{
    public KeptRow Row;

    public string HostId { get; } = hostId;

    /// <summary>The run whose processes and listeners are the present; null when its agent is gone for good.</summary>
    public AgentRun? Present { get; set; }

    /// <summary>Newest last.</summary>
    public List<AgentRun> Runs { get; } = [];

    /// <summary>Runs that began before this are over and folded away.</summary>
    public long RetiredUntilMicros { get; set; } = long.MinValue;

    public Dictionary<ulong, Place> Places { get; } = [];

    /// <summary>What is known of it was restored, and no agent of it has given a full report since. Set by <see cref="HostTable.SetStale"/>.</summary>
    public bool IsStale { get; set; }

    /// <summary>What the present run said are the addresses of the host's own namespace.</summary>
    public NetAddress[] OwnAddresses { get; set; } = [];

    public string Hostname => Runs.Count > 0 ? Runs[^1].Hostname : HostId;
}
