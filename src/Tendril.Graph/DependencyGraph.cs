namespace Tendril.Graph;

/// <summary>How the graph ages and how large it may grow.</summary>
public sealed class GraphOptions
{
    /// <summary>Silent for this long, without open connections: "idle". Default 1 min.</summary>
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Silent for this long: "gone". Default 15 min.</summary>
    public TimeSpan GoneAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Gone for this long: it leaves the graph. Default 1 h.</summary>
    public TimeSpan RetainGone { get; set; } = TimeSpan.FromHours(1);

    /// <summary>More edges than this are folded into one visible "other" node; default 100,000.</summary>
    public int MaxEdges { get; set; } = 100_000;
}

/// <summary>One run of an agent on a host: counters are cumulative under it.</summary>
public sealed class AgentRun
{
    internal AgentRun(string hostId, string hostname, long startMicros)
    {
        HostId = hostId;
        Hostname = hostname;
        StartMicros = startMicros;
    }

    /// <summary>The machine id.</summary>
    public string HostId { get; }

    /// <summary>For display.</summary>
    public string Hostname { get; }

    /// <summary>Start of the agent, microseconds since the Unix epoch.</summary>
    public long StartMicros { get; }
}

/// <summary>
/// The dependency graph. One writer calls the Begin, Apply and Publish methods; any number of readers use <see cref="Current"/> and
/// <see cref="ChangesSince"/> without a lock.
/// </summary>
public sealed class DependencyGraph
{
    /// <param name="options">Ageing and bounds.</param>
    /// <param name="nameUnresolved">Names an endpoint nobody is known to listen on; must be pure.</param>
    public DependencyGraph(GraphOptions options, Func<UnresolvedEndpoint, ServiceIdentity> nameUnresolved) => throw new NotImplementedException();

    /// <summary>The snapshot published last; version 0 and empty before the first.</summary>
    public GraphSnapshot Current => throw new NotImplementedException();

    /// <summary>Finds or registers an agent's run. The newest run of a host is the one whose listeners and processes are the present.</summary>
    /// <param name="hostAddresses">Unicast addresses of the host's own network namespace.</param>
    public AgentRun BeginRun(string hostId, string hostname, long startMicros, ulong hostNetworkNamespace, IReadOnlyCollection<NetAddress> hostAddresses) => throw new NotImplementedException();

    /// <summary>A full report begins: what is not mentioned until <see cref="EndFull"/> is no longer there.</summary>
    public void BeginFull(AgentRun run) => throw new NotImplementedException();

    /// <summary>The full report ended.</summary>
    public void EndFull(AgentRun run) => throw new NotImplementedException();

    /// <summary>Adds or replaces a process record.</summary>
    public void Apply(AgentRun run, ProcessObservation process) => throw new NotImplementedException();

    /// <summary>A listening endpoint opened or closed.</summary>
    public void Apply(AgentRun run, in ListenerObservation listener) => throw new NotImplementedException();

    /// <summary>Counters; in any order, any number of times.</summary>
    public void Apply(AgentRun run, ReadOnlySpan<DependencyObservation> dependencies) => throw new NotImplementedException();

    /// <summary>Ages the graph and publishes it; a new version only if anything changed.</summary>
    public GraphSnapshot Publish(DateTimeOffset now) => throw new NotImplementedException();

    /// <summary>The changes from a version to the current one; null when that version is too old or unknown and a snapshot is needed.</summary>
    public GraphChanges? ChangesSince(long version) => throw new NotImplementedException();
}
