namespace Tendril.Graph;

/// <summary>Puts dependencies on the edges they belong to, and moves them when more is known.</summary>
internal sealed class DependencyPlacer(ServiceTable services, EdgeTable edges, TargetResolver resolver, LinkTable links, EndpointTable endpoints, int maxAddresses)
{
    /// <summary>How often a dependency found no edge of its own because there were too many.</summary>
    public long FoldedDependencies { get; private set; }

    /// <summary>How often a dependency became part of a service's "others" because that service had too many addresses.</summary>
    public long FoldedOfServices { get; private set; }

    /// <summary>Gives a client's report its edge, or looks again whether it still has the right one.</summary>
    public void PlaceClient(DependencyState dependency)
    {
        var source = dependency.Process.Service ?? services.ForUnknownProcess(dependency.Place.Host);
        var target = resolver.Resolve(dependency.Place, dependency.Endpoint);
        if (IsTakenOver(dependency, target) || IsGivenToFormer(dependency, target))
        {
            SetEdge(dependency, source, FormerTarget(dependency), target.Actual);
            return;
        }

        var changed = dependency.Set(DependencyFlags.EvidenceOnly, target.IsSplit)
            | dependency.Set(DependencyFlags.Proved, target.Actual is not null)
            | dependency.Set(DependencyFlags.Rewritten, links.AskedFor(dependency.Place, dependency.Endpoint.Key).Length > 0);
        dependency.SetTarget(target);
        SetEdge(dependency, source, target.Service ?? NameServer(dependency, source), target.Actual);
        if (!changed)
            return;

        edges.Enqueue(dependency.Edge!);
        EnqueueServers(dependency);
    }

    /// <summary>The servers that handshakes proved a client to reach report the same connections: they are matched again.</summary>
    public void EnqueueServers(DependencyState client)
    {
        foreach (var link in links.ToServers(client.Place, client.Endpoint.Key))
        {
            if (endpoints.Find(link.Actual) is { } actual)
                endpoints.Enqueue(actual, retarget: true);
        }
    }

    /// <summary>Gives a server's report the edge from a client that a handshake proved it to be of.</summary>
    public void PlaceProvedServer(DependencyState dependency, Link link)
    {
        var source = link.Client.Service ?? services.ForUnknownProcess(link.ClientPlace.Host);
        var target = dependency.Process.Service ?? TargetResolver.FindServer(link).Service ?? NameServer(dependency, source);
        SetEdge(dependency, source, target, null);
    }

    /// <summary>Gives a server's report, which no client's report stands for, an edge of its own.</summary>
    public void PlaceServer(DependencyState dependency)
    {
        var target = dependency.Process.Service
            ?? TargetResolver.ResolveAt(dependency.Place, dependency.Endpoint).Service
            ?? NameUnresolved(dependency, dependency.ServerAddress, dependency.Endpoint.Key.Port, mayAddBare: true)!;
        var source = dependency.Edge is { IsOther: false, Source.IsOthersOfService: false } edge
            ? edge.Source
            : dependency.Endpoint.Key.Transport == Transport.Unix
                ? services.ForUnknownProcess(dependency.Place.Host)
                : NameClient(dependency, target);
        SetEdge(dependency, source, target, null);
    }

    /// <summary>Must be asked as soon as an endpoint changes hands: what is counted from then on may be another service's.</summary>
    public void NoticeTakeover(DependencyState dependency)
    {
        if (dependency.Edge is not null)
            IsTakenOver(dependency, resolver.Resolve(dependency.Place, dependency.Endpoint));
    }

    /// <summary>True when nothing that was attempted until then can have been meant for who is at the endpoint now.</summary>
    public bool IsForFormer(DependencyState dependency, DateTimeOffset lastAttempt) =>
        CameAfterAll(dependency, resolver.Resolve(dependency.Place, dependency.Endpoint), lastAttempt.UtcTicks);

    /// <summary>The first attempt since the takeover was reported: what was counted before it stays, the rest goes to the new owner.</summary>
    public static void Split(DependencyState dependency, long now)
    {
        BeginAnew(dependency, now);
    }

    /// <summary>What it counted so far stays on its edge, if it has one, for good.</summary>
    public static void BeginAnew(DependencyState dependency, long now)
    {
        if (dependency.Edge is { } edge)
        {
            edge.Settle(dependency);
            edge.Detach(dependency);
        }

        dependency.SetTarget(default);
        dependency.Before = new CountersBefore(dependency.Counters, dependency.Details?.Counters ?? default, dependency.Rtt.Copy(), now);
        dependency.Flags &= ~DependencyFlags.TakenOver;
        dependency.Row.Touch();
    }

    /// <summary>
    /// True while a dependency stays with a former owner although another service is at the endpoint now. It does so until something is
    /// opened to the new one: a reused port draws no edge by itself. Renames and late knowledge, on the contrary, take everything along.
    /// </summary>
    private static bool IsTakenOver(DependencyState dependency, in Target target)
    {
        if (dependency.Edge is null || dependency.TargetProcess is null)
            return false;

        // Proved late, or proved to be another one's: that is knowledge, not a takeover.
        if (target.Actual is not null && (!dependency.Has(DependencyFlags.Proved) || !ReferenceEquals(target.Listener, dependency.TargetListener)))
        {
            dependency.Flags &= ~DependencyFlags.TakenOver;
            dependency.Row.Touch();
            return false;
        }

        var former = FormerTarget(dependency);
        var isForgotten = dependency.TargetProcess.Service is null && target.Service is null;
        var takenOver = dependency.Has(DependencyFlags.TakenOver) || isForgotten
            ? !ReferenceEquals(target.Service, former)
            : target.Service is not null
                && !ReferenceEquals(target.Process, dependency.TargetProcess)
                && !ReferenceEquals(target.Service, former)
                && CameLater(dependency, target);
        if (dependency.Set(DependencyFlags.TakenOver, takenOver))
            dependency.Row.Touch();
        return takenOver;
    }

    /// <summary>
    /// Tells a takeover from something that was so all along and became known late: a report without a listener, or a better listener
    /// that had been there before the first connection; or the same socket, of which it became known late whose it is.
    /// </summary>
    private static bool CameLater(DependencyState dependency, in Target target) =>
        target.Listener is { } listener
        && (dependency.TargetListener is { IsOpen: false } former && !ReferenceEquals(listener, former)
            || listener.Owner!.Since.UtcTicks > dependency.FirstSeen);

    /// <summary>True when it turns out to have been another service's all along, of whose listener no report told in time: it is taken over as well then.</summary>
    private static bool IsGivenToFormer(DependencyState dependency, in Target target)
    {
        if (!CameAfterAll(dependency, target, dependency.LastAttempt))
            return false;

        var former = TargetResolver.FindFormer(dependency);
        if (former.Service is null || ReferenceEquals(former.Service, target.Service))
            return false;

        dependency.SetTarget(former);
        dependency.Set(DependencyFlags.TakenOver, true);
        dependency.Row.Touch();
        return true;
    }

    /// <summary>Who listens there began when the last attempt was over. Told by one agent's clock, or not at all.</summary>
    private static bool CameAfterAll(DependencyState dependency, in Target target, long lastAttempt) =>
        lastAttempt > 0 && target is { Actual: null, Listener.Owner: { } owner }
        && ReferenceEquals(owner.Process.Run, dependency.Process.Run) && owner.Since.UtcTicks > lastAttempt;

    private static ServiceState FormerTarget(DependencyState dependency) => dependency.TargetProcess?.Service ?? dependency.Edge!.Target;

    private void SetEdge(DependencyState dependency, ServiceState source, ServiceState target, EndpointKey? actual)
    {
        var key = actual ?? dependency.Endpoint.Key;
        // Of many ports none is meant.
        var edge = source.IsOthersOfService || target.IsOthersOfService
            ? edges.GetOrAdd(source, target, key.Transport, dependency.IsClient ? (ushort)0 : key.Port, null)
            : edges.GetOrAdd(source, target, key.Transport, key.Port, key.PathOr(dependency.Details?.Path));
        if (ReferenceEquals(edge, dependency.Edge))
            return;

        FoldedDependencies += edge.IsOther ? 1 : 0;
        FoldedOfServices += (target.IsOthersOfService && !dependency.ServerAddress.IsOthers) || (source.IsOthersOfService && !dependency.PeerAddress.IsOthers) ? 1 : 0;
        if (dependency.Has(DependencyFlags.TakenOver))
            dependency.Row.Touch();
        dependency.Edge?.Detach(dependency);
        edge.Attach(dependency);
    }

    /// <summary>What a client called; its "other addresses" if it calls too many that have no name, and this is not one of those that have a place.</summary>
    private ServiceState NameServer(DependencyState dependency, ServiceState client)
    {
        if (dependency.ServerAddress.IsOthers)
            return services.OthersCalledBy(client);

        var key = dependency.Endpoint.Key;
        var isFull = client.AddressesCalled >= maxAddresses;
        var server = NameUnresolved(dependency, dependency.ServerAddress, key.Port, mayAddBare: !isFull);
        return server is null || (isFull && server.IsBare && !edges.Contains(client, server, key.Transport, key.Port, key.PathOr(dependency.Details?.Path)))
            ? services.OthersCalledBy(client) : server;
    }

    /// <summary>The same of who called a server.</summary>
    private ServiceState NameClient(DependencyState dependency, ServiceState server)
    {
        if (dependency.PeerAddress.IsOthers)
            return services.OthersCalling(server);

        var key = dependency.Endpoint.Key;
        var isFull = server.AddressesCalling >= maxAddresses;
        var client = NameUnresolved(dependency, dependency.PeerAddress, null, mayAddBare: !isFull);
        return client is null || (isFull && client.IsBare && !edges.Contains(client, server, key.Transport, key.Port, key.PathOr(dependency.Details?.Path)))
            ? services.OthersCalling(server) : client;
    }

    private ServiceState? NameUnresolved(DependencyState dependency, NetAddress address, ushort? port, bool mayAddBare) =>
        services.ForUnresolved(
            new UnresolvedEndpoint(
                dependency.Place.Host.HostId, dependency.Process.Run.Hostname, dependency.Place.Number, address, port, dependency.Endpoint.Key.Transport,
                dependency.Endpoint.Key.PathOr(dependency.Details?.Path),
                port is null ? null : dependency.Details?.ServerName, dependency.Details?.ServerNameSource ?? NameSource.None),
            mayAddBare);
}
