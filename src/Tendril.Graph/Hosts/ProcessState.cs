namespace Tendril.Graph;

/// <summary>A process record of one run. Made when first mentioned, by whatever mentions it.</summary>
internal sealed class ProcessState(AgentRun run, uint number)
{
    public KeptRow Row;

    public AgentRun Run { get; } = run;

    public uint Number { get; } = number;

    /// <summary>What was last said of it; null until it was described.</summary>
    public ProcessObservation? Observation { get; set; }

    /// <summary>The node it belongs to; null until it was described.</summary>
    public ServiceState? Service { get; set; }

    /// <summary>Position in the service's list of processes.</summary>
    public int ServiceSlot { get; set; }

    /// <summary>Listeners it owns or owned.</summary>
    public List<ListenerState> Listeners { get; } = new(1);

    public int DependencyCount { get; set; }

    /// <summary>Dependencies that lead to it, also where its endpoint is another one's by now.</summary>
    public int TargetCount { get; set; }

    /// <summary>The full report that last mentioned it.</summary>
    public int SeenInReport { get; set; }

    /// <summary>A full report did not mention it.</summary>
    public bool IsMissing { get; set; }

    /// <summary>Its service changed since the last publication, and there are dependencies or listeners to take along.</summary>
    public bool IsRenamed { get; set; }

    /// <summary>When it was found dead, in the graph's time; 0 while it lives.</summary>
    public long DeadSince { get; set; }

    /// <summary>One not described yet lives: something just mentioned it.</summary>
    public bool IsAlive => Run.IsPresent && !IsMissing && Observation is not { Alive: false };
}
