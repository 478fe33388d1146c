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

    /// <summary>
    /// A server's report of a client on a host with an agent waits this long for that agent's own report before it draws an edge
    /// by itself. Default 5 s: shorter draws edges that vanish again, longer hides clients outside the agents' scope.
    /// </summary>
    public TimeSpan ClientReportGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>More edges than this are folded into one visible "other" node; default 100,000.</summary>
    public int MaxEdges { get; set; } = 100_000;

    /// <summary>
    /// More outside addresses that have no name than this are folded into one visible node; default 2,000. A crawler, or a million clients,
    /// would bury every other service.
    /// </summary>
    public int MaxExternal { get; set; } = 2_000;

    /// <summary>
    /// Of one service: more addresses without a name that it calls, and as many that call it, are folded into one visible node of its own;
    /// default 1,000. A port scan would otherwise take all places that there are.
    /// </summary>
    public int MaxAddressesPerService { get; set; } = 1_000;

    /// <summary>
    /// More dependency keys than this are refused and counted in <see cref="GraphLosses.Dependencies"/>; default 2,000,000, some 600 MB.
    /// Above three quarters of it, keys silent beyond retention are folded into their edges.
    /// </summary>
    public int MaxDependencies { get; set; } = 2_000_000;

    /// <summary>More process records, or more listeners, than this in one agent run are refused and counted; default 100,000 of each.</summary>
    public int MaxProcessesPerRun { get; set; } = 100_000;
}
