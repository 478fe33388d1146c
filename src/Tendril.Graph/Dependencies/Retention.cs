namespace Tendril.Graph;

/// <summary>
/// Forgets what leaves no trace when it is forgotten. Counters that an edge still shows are folded into the edge, but only where their agent
/// cannot report them again as if they were new: its run is over, or it began a new generation of the key. Otherwise they
/// are kept as long as the edge, unless memory runs short.
/// </summary>
internal sealed class Retention(GraphOptions options, HostTable hosts, ServiceTable services, Downtimes downtimes)
{
    private readonly List<DependencyState> _forgotten = [];

    public void Sweep(GraphPartition partition, long now)
    {
        var retired = hosts.TakeRunsToRetire(partition.Horizon);
        foreach (var run in retired)
            run.IsRetired = true;
        ForgetDependencies(partition);
        foreach (var process in retired.SelectMany(run => run.Processes.Values))
            Release(process);
        foreach (var host in hosts.All)
        {
            foreach (var place in host.Places.Values)
                ForgetListeners(place, now);
            foreach (var run in host.Runs)
                ForgetProcesses(run, now);
        }

        hosts.RemoveEmpty();
    }

    private void ForgetDependencies(GraphPartition partition)
    {
        var scarce = partition.Dependencies.Count > options.MaxDependencies / 4 * 3;
        foreach (var dependency in partition.Dependencies)
        {
            if (dependency.Process.Run.IsRetired || (IsSilent(dependency, partition.Horizon) && IsDispensable(partition, dependency, scarce)))
                _forgotten.Add(dependency);
        }

        foreach (var dependency in _forgotten)
            partition.Remove(dependency, settle: true);
        _forgotten.Clear();
    }

    private static bool IsSilent(DependencyState dependency, long horizon) => dependency.LastSeen < horizon && dependency.Active == 0;

    private static bool IsDispensable(GraphPartition partition, DependencyState dependency, bool scarce) =>
        dependency.Edge is not { } edge
        || scarce
        || edge.IsFolded
        || partition.HasNextGeneration(dependency);

    private void ForgetListeners(Place place, long now)
    {
        foreach (var (key, listener) in place.Listeners)
        {
            if (listener.Owners.Any(owner => owner.Process.Run.IsRetired))
            {
                foreach (var owner in listener.Owners.Where(owner => owner.Process.Run.IsRetired).ToArray())
                    listener.Remove(owner.Process);
                listener.Refresh(now);
            }

            if (listener.IsOpen || listener.Users > 0 || (downtimes.Since(listener.ClosedAt, now) < options.RetainGone.Ticks && listener.Owners.Count > 0))
                continue;

            foreach (var owner in listener.Owners.ToArray())
            {
                listener.Remove(owner.Process);
                Touch(owner.Process);
            }

            hosts.Forgotten.Add(RowKind.Listener, listener.Row);
            place.Listeners.Remove(key);
            place.Forget(in key);
        }
    }

    private void ForgetProcesses(AgentRun run, long now)
    {
        foreach (var (number, process) in run.Processes)
        {
            if (process.IsAlive || process.DependencyCount > 0 || process.Listeners.Count > 0)
                continue;
            if (process.DeadSince == 0)
                process.DeadSince = now;
            if (now - process.DeadSince < options.GoneAfter.Ticks)
                continue;

            Release(process);
            run.Processes.Remove(number);
        }
    }

    private void Release(ProcessState process)
    {
        Touch(process);
        process.Service?.Remove(process);
        hosts.Forgotten.Add(RowKind.Process, process.Row);
    }

    private void Touch(ProcessState process)
    {
        if (process.Service is { } service)
            services.Enqueue(service);
    }
}
