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
    private readonly ServiceTable _services;
    private readonly TargetResolver _resolver;
    private readonly DependencyPlacer _placer;
    private readonly EvidenceMatcher _matcher;
    private readonly DependencySet _dependencies = new();
    private readonly EndpointTable _endpoints = new();
    private readonly List<DependencyState> _unplaced = [];

    public GraphPartition(GraphOptions options, HostTable hosts, ServiceTable services)
    {
        _options = options;
        (_hosts, _services) = (hosts, services);
        Edges = new EdgeTable(services, options.MaxEdges);
        Links = new LinkTable(hosts.Forgotten);
        _resolver = new TargetResolver(hosts.Owners, Links);
        _placer = new DependencyPlacer(services, Edges, _resolver, Links, _endpoints, options.MaxAddressesPerService);
        _matcher = new EvidenceMatcher(hosts.Owners, _placer, options, Links, _endpoints);
    }

    public EdgeTable Edges { get; }

    /// <summary>What handshakes proved.</summary>
    public LinkTable Links { get; }

    /// <summary>Some hosts are as they were restored.</summary>
    public bool HasStaleHosts => _hosts.StaleHosts > 0;

    /// <summary>Reports of dependencies that were malformed or too many.</summary>
    public long Refused { get; private set; }

    /// <summary>Silent since before this, in the graph's time, means forgotten: a late report of it does not bring it back.</summary>
    public long Horizon { get; set; } = long.MinValue;

    public DependencySet Dependencies => _dependencies;

    public long FoldedDependencies => _placer.FoldedDependencies;

    public long FoldedOfServices => _placer.FoldedOfServices;

    /// <summary>Merges one report. Allocates nothing for a key that is known.</summary>
    public void Apply(AgentRun run, in DependencyObservation observation)
    {
        var key = observation.Key;
        if (!_dependencies.TryGet(run, in key, out var dependency) && !TryAdd(run, in observation, out dependency))
            return;

        if (dependency.Has(DependencyFlags.TakenOver) && observation.Counters.Attempts() > dependency.Counters.Attempts()
            && !_placer.IsForFormer(dependency, observation.LastAttempt))
        {
            DependencyPlacer.Split(dependency, observation.LastSeen.UtcTicks);
            Enqueue(dependency);
        }

        var (formerName, formerPath) = (dependency.Details?.ServerName, dependency.Details?.Path);
        if (dependency.Merge(in observation) && dependency.Edge is { } edge)
            edge.Table.Enqueue(edge);
        else if (dependency.Before is not null && !dependency.IsClient)
            _endpoints.Enqueue(dependency.Endpoint, retarget: false);
        if (dependency.Details is { } details && (details.ServerName != formerName || details.Path != formerPath))
            _endpoints.Enqueue(dependency.Endpoint, retarget: true);
    }

    /// <summary>Takes up what was kept under a key; null when it does not fit. It is given its edge at the next publication.</summary>
    public DependencyState? Restore(AgentRun run, in DependencyObservation kept)
    {
        if (_dependencies.Contains(run, kept.Key) || !TryAdd(run, in kept, out var dependency))
            return null;

        dependency.Merge(in kept);
        return dependency;
    }

    /// <summary>A restored dependency stays with the former owner of its endpoint.</summary>
    public void RestoreTakenOver(DependencyState dependency, ServiceState target, ProcessState process, Place? place)
    {
        var (key, source) = (dependency.Endpoint.Key, dependency.Process.Service ?? _services.ForUnknownProcess(dependency.Place.Host));
        dependency.SetTarget(new Target(process, null, place));
        dependency.Flags |= DependencyFlags.TakenOver;
        Edges.GetOrAdd(source, target, key.Transport, key.Port, key.PathOr(dependency.Details?.Path)).Attach(dependency);
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
        if (dependency.IsClient)
            _placer.EnqueueServers(dependency);
        _matcher.Forget(dependency);
        _dependencies.Remove(dependency);
        _hosts.Forgotten.Add(RowKind.Dependency, dependency.Row);
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
        if (key.Role is not (Role.Client or Role.Server) || (key.Role == Role.Client && key.PeerAddress != default) || !endpointKey.IsUsable
            || _dependencies.Count >= _options.MaxDependencies || ProcessOf(run, key.ProcessNumber) is not { } process)
        {
            Refused++;
            return false;
        }

        var place = _hosts.Place(run.Host, run.PlaceNumber(key.NetworkNamespace));
        var endpoint = _endpoints.GetOrAdd(in endpointKey);
        dependency = key.Role == Role.Server
            ? new ServerDependencyState(in key, process, place, endpoint)
            : new DependencyState(in key, process, place, endpoint);
        process.DependencyCount++;
        place.DependencyCount++;
        if (key.Role == Role.Server)
            place.Learn(in endpoint.Key);
        endpoint.Add(dependency);
        EnqueueClients(dependency);
        _dependencies.Add(dependency);
        Enqueue(dependency);
        return true;
    }

    public ProcessState? ProcessOf(AgentRun run, uint number)
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

    /// <summary>Gives dependencies that are new their edges as things are now: what is about to change was not so when they were counted.</summary>
    public void PlaceNew()
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
        for (var server = Links.IsEmpty ? null : endpoint.Servers; server is not null; server = server.NextAtEndpoint)
        {
            foreach (var link in Links.FromClients(server.Place, endpoint.Key, server.PeerAddress))
                ReconsiderClients(link);
        }

        for (var client = endpoint.Clients; client is not null; client = client.NextAtEndpoint)
            _placer.NoticeTakeover(client);
        _endpoints.Enqueue(endpoint, retarget: true);
    }

    /// <summary>The endpoint, if anything was reported of it.</summary>
    public EndpointState? FindEndpoint(in EndpointKey key) => _endpoints.Find(key);

    /// <summary>True when addresses and listeners tell all that a handshake proved.</summary>
    public bool IsKnownByAddress(Link link)
    {
        if (link.Dialled != link.Actual)
            return false;

        var target = _resolver.ResolveByAddress(link.ClientPlace, _endpoints.Find(link.Dialled) ?? new EndpointState(link.Dialled));
        if (!ReferenceEquals(target.Place, link.ServerPlace))
            return false;
        if (link.Peer.IsLocalOnly)
            return ReferenceEquals(link.ClientPlace, link.ServerPlace);

        foreach (var place in _hosts.Owners.Of(link.Peer))
        {
            if (ReferenceEquals(place.Host, link.ClientPlace.Host))
                return true;
        }

        return false;
    }

    /// <summary>More is known of what clients of an endpoint asked for.</summary>
    public void EnqueueDialled(EndpointState endpoint) => _endpoints.Enqueue(endpoint, retarget: true);

    /// <summary>A handshake proved something new: both its ends are looked at again.</summary>
    public void EnqueueEnds(Link link)
    {
        if (_endpoints.Find(link.Dialled) is { } dialled)
            _endpoints.Enqueue(dialled, retarget: true);
        if (_endpoints.Find(link.Actual) is { } actual)
            _endpoints.Enqueue(actual, retarget: true);
    }

    /// <summary>
    /// What was proved is no longer so. All that was counted by it stays where it is; what comes from now on is looked at afresh.
    /// </summary>
    public void Unlink(Link link, long now)
    {
        foreach (var sibling in Links.ToServers(link.ClientPlace, link.Dialled).ToArray())
        {
            for (var server = _endpoints.Find(sibling.Actual)?.Servers; server is not null; server = server.NextAtEndpoint)
            {
                if (ReferenceEquals(server.Place, sibling.ServerPlace) && server.PeerAddress == sibling.Peer)
                    DependencyPlacer.BeginAnew(server, now);
            }

            EnqueueEnds(sibling);
        }

        for (var client = _endpoints.Find(link.Dialled)?.Clients; client is not null; client = client.NextAtEndpoint)
        {
            if (!ReferenceEquals(client.Place, link.ClientPlace) || !client.Has(DependencyFlags.Proved))
                continue;

            DependencyPlacer.BeginAnew(client, now);
            Enqueue(client);
        }

        Links.Remove(link);
    }

    /// <summary>Those whose connections a server reports, as handshakes proved: they may be led to it now.</summary>
    private void EnqueueClients(DependencyState server)
    {
        if (server.IsClient)
            return;

        foreach (var link in Links.FromClients(server.Place, server.Endpoint.Key, server.PeerAddress))
            EnqueueEnds(link);
    }

    /// <summary>What a handshake proved may lead to another owner now.</summary>
    private void ReconsiderClients(Link link)
    {
        if (_endpoints.Find(link.Dialled) is not { } dialled || dialled.Key == link.Actual)
            return;

        for (var client = dialled.Clients; client is not null; client = client.NextAtEndpoint)
            _placer.NoticeTakeover(client);
        _endpoints.Enqueue(dialled, retarget: true);
    }

    private void EnqueueAffected(HashSet<NetAddress> addresses)
    {
        foreach (var dependency in _dependencies)
        {
            if (dependency.Process.IsRenamed || dependency.TargetProcess is { IsRenamed: true }
                || addresses.Contains(dependency.ServerAddress))
            {
                _endpoints.Enqueue(dependency.Endpoint, retarget: true);
                _placer.EnqueueServers(dependency);
                EnqueueClients(dependency);
            }
            else if (addresses.Contains(dependency.PeerAddress))
                _endpoints.Enqueue(dependency.Endpoint, retarget: false);
        }
    }
}
