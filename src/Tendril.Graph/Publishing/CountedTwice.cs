namespace Tendril.Graph;

/// <summary>
/// Connections of an edge that two runs of one agent counted: open when the earlier one ended, and found open when the next one
/// began. How many those are is known for each run of an edge as a whole only, as processes have other numbers in each run. What an earlier
/// run left open and the next one did not find has ended unseen.
/// </summary>
internal struct CountedTwice
{
    private List<RunOpen>? _runs;
    private long _settledLeft;
    private long _settledFound;

    public void Add(DependencyState dependency)
    {
        var (run, contribution) = (dependency.Process.Run, dependency.Contribution);
        var left = run.IsPresent ? 0 : LeftOpen(contribution);
        var found = FoundOpen(run, contribution);
        if (left == 0 && found == 0)
            return;

        _runs ??= [];
        var at = _runs.FindIndex(each => ReferenceEquals(each.Run, run));
        if (at < 0)
            _runs.Add(new RunOpen(run, left, found));
        else
            _runs[at] = new RunOpen(run, _runs[at].Left + left, _runs[at].Found + found);
    }

    /// <summary>What is told of runs that were folded away, the oldest ones: of those it is known for all of them together.</summary>
    public void AddSettled(in Counters counters, long found) => (_settledLeft, _settledFound) = (LeftOpen(counters), found);

    /// <summary>Found open by a run that had a predecessor, which may have counted it.</summary>
    public static long FoundOpen(AgentRun run, in Counters contribution) => run.HasPredecessor ? contribution.Adopted : 0;

    /// <returns>How many connections to take off those opened, and how many to add to those closed.</returns>
    public readonly (long Twice, long Ended) Count()
    {
        var twice = Math.Min(_settledLeft, _settledFound);
        var (settled, ended) = (_settledLeft - twice, 0L);
        foreach (var host in (_runs ?? []).Select(each => each.Run.Host).Distinct())
        {
            var (open, isFirst) = (0L, true);
            foreach (var run in host.Runs)
            {
                var (_, left, found) = _runs!.Find(each => ReferenceEquals(each.Run, run));
                var same = Math.Min(open, found);
                (twice, open, found) = (twice + same, open - same, found - same);
                if (isFirst)
                {
                    same = Math.Min(settled, found);
                    (twice, settled) = (twice + same, settled - same);
                }

                // A run that ended before it had told everything may have found them, as its successor does.
                if (run.HasToldAll)
                    (ended, open, isFirst) = (ended + open, 0, false);
                open += left;
            }
        }

        return (twice, ended + settled);
    }

    private static long LeftOpen(in Counters counters) => Math.Max(0, counters.Opened - counters.Closed);

    /// <summary>How many connections of the edge a run left open when it ended, and found open when it began.</summary>
    private readonly record struct RunOpen(AgentRun Run, long Left, long Found);
}
