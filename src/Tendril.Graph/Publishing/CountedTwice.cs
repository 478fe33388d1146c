namespace Tendril.Graph;

/// <summary>
/// Connections of an edge that two runs of one agent counted: open when the earlier one ended, and found open when the later one
/// began. How many those are is known for an edge as a whole only, as processes have other numbers in each run.
/// </summary>
internal struct CountedTwice
{
    private long _leftOpen;
    private long _foundOpen;

    /// <summary>How many connections to take off the sum.</summary>
    public readonly long Counted => Math.Min(_leftOpen, _foundOpen);

    public void Add(DependencyState dependency)
    {
        var contribution = dependency.Contribution;
        if (!dependency.Process.Run.IsPresent)
            AddLeft(contribution);
        if (dependency.Process.Run.HasPredecessor)
            _foundOpen += contribution.Adopted;
    }

    /// <summary>What is told of runs that are over.</summary>
    public void AddLeft(in Counters counters) => _leftOpen += Math.Max(0, counters.Opened - counters.Closed);
}
