using System.Runtime.InteropServices;

namespace Tendril.Graph;

/// <summary>
/// The dependency graph. One writer calls the Begin, End, Apply and Publish methods; any number of readers use <see cref="Current"/> and
/// <see cref="ChangesSince"/> without a lock.
/// </summary>
/// <remarks>
/// It keeps hosts, runs, processes and services, and publishes. What is counted is kept by a <see cref="GraphPartition"/>; there
/// is one today, but nothing here looks inside it.
/// </remarks>
public sealed class DependencyGraph
{
    private readonly GraphOptions _options;
    private readonly Ageing _ageing;
    private readonly HostTable _hosts = new();
    private readonly Downtimes _downtimes = new();
    private readonly ServiceTable _services;
    private readonly GraphPartition _partition;
    private readonly HandshakeJoiner _handshakes;
    private readonly Retention _retention;
    private readonly RowTaker _rows;
    private readonly EdgePublisher _edges;
    private readonly NodePublisher _nodes;
    private readonly List<ProcessState> _renamed = [];
    private Publication _published = Publication.Empty;
    private GraphUsage _usage = GraphUsage.None;
    private long _now;
    private long _sweptAt;
    private long _refusedProcesses;
    private long _refusedListeners;
    private long _refusedDependencies;

    /// <param name="options">Ageing and bounds.</param>
    /// <param name="nameUnresolved">Names an endpoint nobody is known to listen on; must be pure.</param>
    /// <param name="now">The graph's time until the first publication: what ends before that has just ended.</param>
    public DependencyGraph(GraphOptions options, Func<UnresolvedEndpoint, ServiceIdentity> nameUnresolved, DateTimeOffset now)
    {
        (_options, _now) = (options, now.UtcTicks);
        _ageing = new Ageing(options, _downtimes);
        _services = new ServiceTable(nameUnresolved, options.MaxExternal, _hosts.Forgotten);
        _partition = new GraphPartition(options, _hosts, _services);
        _handshakes = new HandshakeJoiner(_hosts, _partition);
        _retention = new Retention(options, _hosts, _services, _downtimes);
        _edges = new EdgePublisher(options, _services, _downtimes);
        _nodes = new NodePublisher(options, _services, _downtimes);
        _rows = new RowTaker(_hosts, _services, _partition, _downtimes);
    }

    /// <summary>The snapshot published last; version 0 and empty before the first.</summary>
    public GraphSnapshot Current => Volatile.Read(ref _published).Snapshot;

    /// <summary>What was not taken. For the writer; a reader may see it late.</summary>
    public GraphLosses Losses => new(_partition.Refused + _refusedDependencies, _refusedProcesses, _refusedListeners);

    /// <summary>How much of its limits it uses, as of the last publication.</summary>
    public GraphUsage Usage => Volatile.Read(ref _usage);

    /// <summary>For tests of what is kept.</summary>
    internal HostTable Hosts => _hosts;

    /// <summary>Finds or registers an agent's run. The newest run of a host is the one whose listeners and processes are the present.</summary>
    /// <param name="hostAddresses">Unicast addresses of the host's own network namespace.</param>
    public AgentRun BeginRun(string hostId, string hostname, long startMicros, ulong hostNetworkNamespace, IReadOnlyCollection<NetAddress> hostAddresses)
    {
        var host = _hosts.GetOrAdd(hostId);
        var run = host.Runs.Find(known => known.StartMicros == startMicros);
        if (run is null)
        {
            run = new AgentRun(host, hostname, startMicros, hostNetworkNamespace)
            {
                EndedAt = _now,
                HasPredecessor = host.Runs.Exists(known => known.StartMicros < startMicros) || host.RetiredUntilMicros > 0,
            };
            if (startMicros <= host.RetiredUntilMicros && host.Runs.Count > 0)
            {
                run.IsRetired = true;
                return run;
            }

            host.Runs.Add(run);
            host.Runs.Sort(static (one, other) => one.StartMicros.CompareTo(other.StartMicros));
        }

        if (ReferenceEquals(host.Runs[^1], run))
            MakePresent(host, run, hostAddresses);
        return run;
    }

    /// <summary>An agent is gone for good: its processes and listeners are no longer there, its connections not open; its totals stay.</summary>
    public void EndRun(AgentRun run)
    {
        if (!run.IsPresent)
            return;

        run.Host.Present = null;
        run.EndedAt = _now;
        run.Row.Touch();
        PresenceChanged(run);
    }

    /// <summary>A full report begins: what is not mentioned until <see cref="EndFull"/> is no longer there.</summary>
#pragma warning disable CA1822 // It is the writer who calls it, as all of these.
    public void BeginFull(AgentRun run) => run.BeginFull();
#pragma warning restore CA1822

    /// <summary>The full report ended.</summary>
    public void EndFull(AgentRun run)
    {
        if (!run.InFullReport)
            return;

        run.InFullReport = false;
        if (!run.HasToldAll)
        {
            run.HasToldAll = true;
            run.Row.Touch();
            // What they left open and this one did not find has ended.
            foreach (var former in run.Host.Runs.Where(each => each.StartMicros < run.StartMicros))
                _partition.PresenceChanged(former);
        }

        if (run.IsPresent)
            _hosts.SetStale(run.Host, false);
        foreach (var process in run.Processes.Values)
        {
            var isMissing = process.Number != 0 && process.SeenInReport != run.FullReport;
            if (isMissing != process.IsMissing)
                process.Row.Touch();
            process.IsMissing = isMissing;
        }

        foreach (var process in run.Processes.Values)
        {
            foreach (var listener in process.Listeners)
                CloseUnlessSeen(listener, process);
        }

        RefreshAll(run);
    }

    /// <summary>Adds or replaces a process record.</summary>
    public void Apply(AgentRun run, ProcessObservation process)
    {
        if (run.IsRetired)
            return;
        if (process.Number == 0 || FindProcess(run, process.Number) is not { } state)
        {
            _refusedProcesses++;
            return;
        }

        var wasAlive = state.IsAlive;
        (state.Observation, state.SeenInReport, state.IsMissing) = (process, run.FullReport, false);
        state.Row.Touch();
        if (state.IsAlive)
            state.DeadSince = 0;
        SetService(state, _services.ForProcess(process.Service));
        if (wasAlive != state.IsAlive)
            RefreshListeners(state);
    }

    /// <summary>A listening endpoint opened or closed.</summary>
    public void Apply(AgentRun run, in ListenerObservation listener)
    {
        if (run.IsRetired)
            return;
        var key = new EndpointKey(listener.Address, listener.Port, listener.Transport);
        if (!key.IsUsable
            || run.ListenerCount >= _options.MaxProcessesPerRun || FindProcess(run, listener.ProcessNumber) is not { } process)
        {
            _refusedListeners++;
            return;
        }

        var place = _hosts.Place(run.Host, run.PlaceNumber(listener.NetworkNamespace));
        ref var state = ref CollectionsMarshal.GetValueRefOrAddDefault(place.Listeners, key, out var known);
        state ??= new ListenerState(place, key);
        if (known)
            _partition.PlaceNew();
        else
            place.Learn(in key);
        state.Report(process, listener);
        Refresh(state);
        // It listens though it may not be the owner.
        if (process.Service is { } service)
            _services.Enqueue(service);
    }

    /// <summary>
    /// A connection from a namespace had this local address, as a client's flow event says. Without it the two ends' reports of a
    /// connection from a container that listens nowhere cannot be told to be the same. Bounded: beyond a number of namespaces and of
    /// addresses in each, what nothing else is known of is passed over.
    /// </summary>
    public void ApplyLocalAddress(AgentRun run, ulong networkNamespace, NetAddress address)
    {
        if (run.IsPresent && !address.IsLocalOnly)
            _hosts.PlaceToSee(run.Host, run.PlaceNumber(networkNamespace))?.See(address);
    }

    /// <summary>
    /// One end of a connection as it was established. Where the other end's comes too, both are one connection, through any NAT and in
    /// whichever network namespaces. In any order; bounded, and kept for a minute by the graph's time.
    /// </summary>
    public void Apply(AgentRun run, in HandshakeObservation handshake) => _handshakes.Apply(run, in handshake, _now);

    /// <summary>Counters; in any order, any number of times.</summary>
    public void Apply(AgentRun run, ReadOnlySpan<DependencyObservation> dependencies)
    {
        if (run.IsRetired)
        {
            _refusedDependencies += dependencies.Length;
            return;
        }

        foreach (ref readonly var dependency in dependencies)
            _partition.Apply(run, in dependency);
    }

    /// <summary>Ages the graph and publishes it; a new version only if anything changed.</summary>
    public GraphSnapshot Publish(DateTimeOffset now)
    {
        _now = now.UtcTicks;
        _partition.Horizon = _ageing.Horizon(_now);
        LookAtStale();
        _partition.Update(_now, _renamed.Count > 0);
        _hosts.Owners.Changed.Clear();
        foreach (var process in _renamed)
            process.IsRenamed = false;
        _renamed.Clear();
        Sweep();

        var version = _published.Snapshot.Version + 1;
        _edges.Update(_partition, _now, version);
        _nodes.Update(_edges, _now, version);
        if (_edges.Published.IsChanged || _nodes.Published.IsChanged)
            Volatile.Write(ref _published, BuildPublication(now, version));
        UpdateUsage();
        return _published.Snapshot;
    }

    /// <summary>
    /// What is to be kept of the graph, so that it can be restored: all, or what changed since it was asked last. What was taken once must be kept or
    /// all be taken again. For the writer, between two publications; it walks over all states.
    /// </summary>
    public GraphRows TakeRows(bool whole) => _rows.Take(_now, whole);

    /// <summary>
    /// Fills an empty graph with what was kept of an earlier one. It is stale, host by host, until an agent gives a full report; reports of the same
    /// runs merge with what they said before, so nothing counts twice.
    /// </summary>
    /// <param name="rows">All of them.</param>
    /// <param name="now">The time between <see cref="GraphRows.TakenAt"/> and this makes nothing older.</param>
    /// <returns>Runs that were the present and still are, until <see cref="EndRun"/>; and how many rows did not fit.</returns>
    public (IReadOnlyList<AgentRun> Present, int LeftOut) Restore(GraphRows rows, DateTimeOffset now)
    {
        _now = now.UtcTicks;
        foreach (var span in rows.Downtimes)
            _downtimes.Add(span);
        _downtimes.RestoredFrom = rows.TakenAt;
        if (rows.TakenAt > 0)
            _downtimes.Add(new Downtime(rows.TakenAt, _now));
        var restorer = new RowRestorer(_hosts, _services, _partition, _handshakes, _now);
        restorer.Restore(rows);
        _rows.Skip(restorer.Last);
        _nodes.ScheduleRestored(_now);
        return (restorer.PresentRuns, restorer.LeftOut);
    }

    /// <summary>Why an edge is there; null when no published edge has that id. For the writer.</summary>
    public EdgeEvidence? Explain(string edgeId)
    {
        foreach (var edge in _edges.Published.Owners)
        {
            if (_edges.Published.Item(edge) is { } published && published.Id == edgeId)
                return EvidenceBuilder.Build(edge, published, _partition);
        }

        return null;
    }

    /// <summary>The changes from a version to the current one; null when that version is too old or unknown and a snapshot is needed.</summary>
    public GraphChanges? ChangesSince(long version) => Volatile.Read(ref _published).ChangesSince(version);

    /// <summary>A host was heard of again: what was stale may be so no longer.</summary>
    private void LookAtStale()
    {
        if (!_hosts.StaleChanged)
            return;

        _hosts.StaleChanged = false;
        foreach (var edge in _edges.Published.Owners)
        {
            if (_edges.Published.Item(edge) is { Stale: true })
                edge.Table.Enqueue(edge);
        }

        foreach (var service in _nodes.Published.Owners)
        {
            if (_nodes.Published.Item(service) is { Stale: true })
                _services.Enqueue(service);
        }
    }

    private void UpdateUsage()
    {
        var processes = 0;
        foreach (var host in _hosts.All)
            processes = Math.Max(processes, host.Present?.Processes.Count ?? 0);
        var usage = new GraphUsage(
            _partition.Edges.Count, _partition.FoldedDependencies, _services.ExternalCount, _services.FoldedAddresses,
            _services.MostAddresses(), _partition.FoldedOfServices, _partition.Dependencies.Count, processes);
        if (usage != _usage)
            Volatile.Write(ref _usage, usage);
    }

    private Publication BuildPublication(DateTimeOffset now, long version)
    {
        var removals = new Removals(version, [.. _nodes.Published.Removed], [.. _edges.Published.Removed]);
        var nodes = ImmutableCollectionsMarshal.AsImmutableArray(_nodes.Published.Publish());
        var edges = ImmutableCollectionsMarshal.AsImmutableArray(_edges.Published.Publish());
        var totals = _edges.Totals.Publish(nodes.Length, edges.Length);
        return new Publication(new GraphSnapshot(version, now.ToUniversalTime(), nodes, edges, totals), _published.Removals.With(removals));
    }

    private void Sweep()
    {
        var interval = Math.Min(TimeSpan.TicksPerMinute, _options.RetainGone.Ticks);
        if (_now - _sweptAt < interval)
            return;

        _sweptAt = _now;
        _retention.Sweep(_partition, _now);
        _handshakes.Sweep(_now);
    }

    private void MakePresent(HostState host, AgentRun run, IReadOnlyCollection<NetAddress> hostAddresses)
    {
        var former = host.Present;
        (host.Present, run.EndedAt) = (run, 0);
        run.Row.Touch();
        _hosts.SetOwnAddresses(host, hostAddresses);
        if (ReferenceEquals(former, run))
            return;

        PresenceChanged(run);
        if (former is null)
            return;

        former.EndedAt = _now;
        former.Row.Touch();
        PresenceChanged(former);
    }

    private void PresenceChanged(AgentRun run)
    {
        _partition.PresenceChanged(run);
        RefreshAll(run);
    }

    private ProcessState? FindProcess(AgentRun run, uint number)
    {
        if (!run.Processes.TryGetValue(number, out var process) && run.Processes.Count < _options.MaxProcessesPerRun)
            run.Processes.Add(number, process = new ProcessState(run, number));
        return process;
    }

    private void SetService(ProcessState process, ServiceState service)
    {
        _services.Enqueue(service);
        if (ReferenceEquals(process.Service, service))
            return;

        if (process.Service is { } former)
        {
            former.Remove(process);
            if (former.Processes.Count == 0)
                former.LoseName();
            _services.Enqueue(former);
        }

        service.Add(process);
        if (process.DependencyCount == 0 && process.TargetCount == 0 && process.Listeners.Count == 0)
            return;

        if (!process.IsRenamed)
            _renamed.Add(process);
        process.IsRenamed = true;
        foreach (var listener in process.Listeners)
            _partition.ListenerChanged(listener);
    }

    private static void CloseUnlessSeen(ListenerState listener, ProcessState process)
    {
        foreach (var owner in listener.Owners)
        {
            if (!ReferenceEquals(owner.Process, process) || owner.SeenInReport == process.Run.FullReport)
                continue;

            owner.Open = false;
            listener.Row.Touch();
        }
    }

    /// <summary>What lives and listens in a run is to be seen anew.</summary>
    private void RefreshAll(AgentRun run)
    {
        foreach (var process in run.Processes.Values)
            RefreshListeners(process);
    }

    private void RefreshListeners(ProcessState process)
    {
        if (process.Service is { } service)
            _services.Enqueue(service);
        foreach (var listener in process.Listeners.ToArray())
            Refresh(listener);
    }

    private void Refresh(ListenerState listener)
    {
        var former = listener.Owner?.Process.Service;
        if (!listener.Refresh(_now))
            return;

        _partition.ListenerChanged(listener);
        // It never served there: nothing of it is kept for the sake of having listened.
        if (listener.HandedOverBy?.Service is { } giver && !giver.Processes.Exists(static process => process.Listeners.Exists(static open => open.IsOpen)))
        {
            giver.LoseName();
            _services.Enqueue(giver);
        }

        if (former is not null)
            _services.Enqueue(former);
        if (listener.Owner?.Process.Service is { } service)
            _services.Enqueue(service);
        _services.TopologyChanged = true;
    }
}
