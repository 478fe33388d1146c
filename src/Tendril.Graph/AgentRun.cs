namespace Tendril.Graph;

/// <summary>One run of an agent on a host: counters are cumulative under it.</summary>
public sealed class AgentRun
{
    internal AgentRun(HostState host, string hostname, long startMicros, ulong hostNetworkNamespace)
    {
        Host = host;
        Hostname = hostname;
        StartMicros = startMicros;
        HostNetworkNamespace = hostNetworkNamespace;
    }

    /// <summary>The machine id.</summary>
    public string HostId => Host.HostId;

    /// <summary>For display.</summary>
    public string Hostname { get; }

    /// <summary>Start of the agent, microseconds since the Unix epoch.</summary>
    public long StartMicros { get; }

    /// <summary>True while its processes and listeners are what runs on the host: no newer run began and it was not ended.</summary>
    public bool IsPresent => ReferenceEquals(Host.Present, this);

    internal HostState Host { get; }

    internal ulong HostNetworkNamespace { get; }

    internal Dictionary<uint, ProcessState> Processes { get; } = [];

    internal int ListenerCount { get; set; }

    /// <summary>There was an earlier run on its host: what it found open, that one may have counted.</summary>
    internal bool HasPredecessor { get; init; }

    /// <summary>It ended a full report: what it did not mention then was no longer open.</summary>
    internal bool HasToldAll { get; set; }

    /// <summary>Its counters were folded into the edges for good: whatever it still says would be counted twice.</summary>
    internal bool IsRetired { get; set; }

    /// <summary>When it was no longer the present, in the graph's time; 0 before.</summary>
    internal long EndedAt { get; set; }

    /// <summary>Counts full reports; what carries an older number when one ends was not mentioned in it.</summary>
    internal int FullReport { get; set; }

    /// <summary>How many of its samples wait for their other end.</summary>
    internal int HandshakeSamples { get; set; }

    internal bool InFullReport { get; set; }

    internal KeptRow Row;

    internal void BeginFull()
    {
        FullReport++;
        InFullReport = true;
    }

    /// <summary>The place a namespace cookie stands for. The host's own is 0, so that it outlives a reboot.</summary>
    internal ulong PlaceNumber(ulong networkNamespace) => networkNamespace == HostNetworkNamespace ? 0 : networkNamespace;
}
