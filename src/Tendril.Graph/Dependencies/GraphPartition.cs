using System.Diagnostics.CodeAnalysis;

namespace Tendril.Graph;

/// <summary>
/// The part of the graph that a set of server ports makes up: all dependencies on them, by both ends, meet here and become edges. It
/// refers to hosts, processes and services but owns none of them, so that it can live somewhere else than its neighbours.
/// </summary>
internal sealed class GraphPartition
{
    private readonly GraphOptions _options;
    private readonly HostTable _hosts;
    private readonly DependencyPlacer _placer;
    private readonly EvidenceMatcher _matcher;
    private readonly DependencySet _dependencies = new();
    private readonly EndpointTable _endpoints = new();
    private readonly List<DependencyState> _unplaced = [];

    public GraphPartition(GraphOptions options, HostTable hosts, ServiceTable services)
    {
        _options = options;
        _hosts = hosts;
        Edges = new EdgeTable(services, options.MaxEdges);
        _placer = new DependencyPlacer(services, Edges, new TargetResolver(hosts.Owners));
        _matcher = new EvidenceMatcher(hosts.Owners, _placer, options);
    }

    public EdgeTable Edges { get; }

    /// <summary>Reports of dependencies that were malformed or too many.</summary>
    public long Refused { get; private set; }

    /// <summary>Silent since before this, in the graph's time, means forgotten: a late report of it does not bring it back.</summary>
    public long Horizon { get; set; } = long.MinValue;

    public DependencySet Dependencies => _dependencies;

    public long FoldedDependencies => _placer.FoldedDependencies;

    /// <summary>Merges one report. Allocates nothing for a key that is known.</summary>
    public void Apply(AgentRun run, in DependencyObservation observation)
    {
        var key = observation.Key;
        if (!_dependencies.TryGet(run, in key, out var dependency) && !TryAdd(run, in observation, out dependency))
            return;

        if (dependency.Has(DependencyFlags.TakenOver) && observation.Counters.Attempts() > dependency.Counters.Attempts())
        {
            DependencyPlacer.Split(dependency, observation.LastSeen.UtcTicks);
            Enqueue(dependency);
        }

        var formerName = dependency.Details?.ServerName;
        if (dependency.Merge(in observation) && dependency.Edge is { } edge)
            edge.Table.Enqueue(edge);
        if (dependency.Details is { } details && details.ServerName != formerName)
            Enqueue(dependency);
    }

    /// <summary>A listener opened, closed, or went to another process, or its process to another service.</summary>
    public void ListenerChanged(ListenerState listener)
    {
        var key = listener.Endpoint;
        if (!key.Address.IsUnspecified || key.Transport == Transport.Unix)
        {
            if (_endpoints.Find(key) is { } exact)
                Reconsider(exact);
            return;
        }

        for (var endpoint = _endpoints.AtPort(key.PortNumber); endpoint is not null; endpoint = endpoint.NextAtPort)
        {
            if (endpoint.Key.IsLocalOnly || listener.Place.Knows(endpoint.Key.Address))
                Reconsider(endpoint);
        }
    }

    /// <summary>Brings every dependency to its edge, as far as is known now.</summary>
    /// <param name="processesRenamed">Some processes have <see cref="ProcessState.IsRenamed"/> set.</param>
    public void Update(long now, bool processesRenamed)
    {
        if (processesRenamed || _hosts.Owners.Changed.Count > 0)
            EnqueueAffected(_hosts.Owners.Changed);
        PlaceNew();
        for (var i = 0; i < _endpoints.Queue.Count; i++)
            _matcher.Match(_endpoints.Queue[i], now, Horizon);
        _endpoints.Queue.Clear();
        _endpoints.Queue.TrimExcess();
        _matcher.EndWaits(now);
    }

    /// <summary>A run became or is no longer the present: its connections are open, or none of them is.</summary>
    public void PresenceChanged(AgentRun run)
    {
        foreach (var dependency in _dependencies)
        {
            if (ReferenceEquals(dependency.Process.Run, run) && dependency.Edge is { } edge)
                Edges.Enqueue(edge);
        }
    }

    /// <summary>Forgets all dependencies of an edge that leaves the graph.</summary>
    public void RemoveAllOf(EdgeState edge)
    {
        while (edge.Dependencies is { } dependency)
            Remove(dependency);
    }

    public bool HasNextGeneration(DependencyState dependency) =>
        _dependencies.Contains(dependency.Process.Run, DependencySet.KeyOf(dependency) with { Generation = dependency.Generation + 1 });

    /// <summary>Forgets a dependency; what it counted goes on counting on its edge if <paramref name="settle"/>.</summary>
    public void Remove(DependencyState dependency, bool settle = false)
    {
        if (settle)
            dependency.Edge?.Settle(dependency);
        dependency.Edge?.Detach(dependency);
        dependency.SetTarget(default);
        dependency.Flags |= DependencyFlags.Removed;
        dependency.Process.DependencyCount--;
        dependency.Place.DependencyCount--;
        if (!dependency.IsClient)
            dependency.Place.Forget(in dependency.Endpoint.Key);
        _matcher.Forget(dependency);
        _dependencies.Remove(dependency);
        dependency.Endpoint.Remove(dependency);
        if (dependency.Endpoint.IsEmpty)
            _endpoints.Remove(dependency.Endpoint);
        else
            _endpoints.Enqueue(dependency.Endpoint, retarget: false);
    }

    private bool TryAdd(AgentRun run, in DependencyObservation observation, [NotNullWhen(true)] out DependencyState? dependency)
    {
        dependency = null;
        var key = observation.Key;
        var endpointKey = new EndpointKey(key.ServerAddress, key.ServerPort, key.Transport);
        if (observation.LastSeen.UtcTicks < Horizon && observation.Counters.Opened <= observation.Counters.Closed)
            return false;
        if (key.Role is not (Role.Client or Role.Server) || !endpointKey.IsUsable
            || _dependencies.Count >= _options.MaxDependencies || ProcessOf(run, key.ProcessNumber) is not { } process)
        {
            Refused++;
            return false;
        }

        var place = _hosts.Place(run.Host, run.PlaceNumber(key.NetworkNamespace));
        var endpoint = _endpoints.GetOrAdd(in endpointKey);
        dependency = new DependencyState(in key, process, place, endpoint);
        process.DependencyCount++;
        place.DependencyCount++;
        if (key.Role == Role.Server)
            place.Learn(in endpoint.Key);
        endpoint.Add(dependency);
        _dependencies.Add(dependency);
        Enqueue(dependency);
        return true;
    }

    private ProcessState? ProcessOf(AgentRun run, uint number)
    {
        if (!run.Processes.TryGetValue(number, out var process) && run.Processes.Count < _options.MaxProcessesPerRun)
            run.Processes.Add(number, process = new ProcessState(run, number));
        return process;
    }

    private void Enqueue(DependencyState dependency)
    {
        if (dependency.Has(DependencyFlags.Queued))
            return;

        dependency.Flags |= DependencyFlags.Queued;
        _unplaced.Add(dependency);
    }

    private void PlaceNew()
    {
        foreach (var dependency in _unplaced)
        {
            dependency.Flags &= ~DependencyFlags.Queued;
            if (dependency.Has(DependencyFlags.Removed))
                continue;

            if (dependency.IsClient)
                _placer.PlaceClient(dependency);
            _endpoints.Enqueue(dependency.Endpoint, retarget: !dependency.IsClient && dependency.Endpoint.Clients is not null);
        }

        _unplaced.Clear();
        _unplaced.TrimExcess();
    }

    private void Reconsider(EndpointState endpoint)
    {
        for (var client = endpoint.Clients; client is not null; client = client.NextAtEndpoint)
            _placer.NoticeTakeover(client);
        _endpoints.Enqueue(endpoint, retarget: true);
    }

    private void EnqueueAffected(HashSet<NetAddress> addresses)
    {
        foreach (var dependency in _dependencies)
        {
            if (dependency.Process.IsRenamed || dependency.TargetProcess is { IsRenamed: true }
                || addresses.Contains(dependency.ServerAddress))
                _endpoints.Enqueue(dependency.Endpoint, retarget: true);
            else if (addresses.Contains(dependency.PeerAddress))
                _endpoints.Enqueue(dependency.Endpoint, retarget: false);
        }
    }
}
