namespace Tendril.Graph;

/// <summary>
/// Finds the server reports that tell of the same connections as a client report, so that they count once; the others are edges of
/// their own, where the client's agent is not merely late.
/// </summary>
internal sealed class EvidenceMatcher(AddressOwners owners, DependencyPlacer placer, GraphOptions options, LinkTable links, EndpointTable endpoints)
{
    /// <summary>From where to where connections to one endpoint are reported, by clients and by servers. "Where from" is a place or a host.</summary>
    private readonly HashSet<(object From, Place To)> _byClients = [];
    private readonly HashSet<(object From, Place To)> _byServers = [];

    /// <summary>Server reports that wait for their client's, since when.</summary>
    private readonly Dictionary<DependencyState, long> _waiting = [];

    public void Match(EndpointState endpoint, long now, long horizon)
    {
        var retarget = endpoint.NeedsRetarget;
        (endpoint.IsQueued, endpoint.NeedsRetarget) = (false, false);
        _byClients.Clear();
        _byServers.Clear();
        for (var client = endpoint.Clients; client is not null; client = client.NextAtEndpoint)
        {
            if (retarget)
                placer.PlaceClient(client);
            if (endpoint.Servers is null || client.TargetPlace is not { } target)
                continue;

            _byClients.Add((client.Place, target));
            _byClients.Add((client.Place.Host, target));
        }

        for (var server = endpoint.Servers; server is not null; server = server.NextAtEndpoint)
            MatchServer(server, retarget, now, horizon);
        for (var client = endpoint.Clients; client is not null; client = client.NextAtEndpoint)
            MarkMatched(client, IsReportedByServer(client) || client.Has(DependencyFlags.Proved));
    }

    /// <summary>Gives those an edge that waited long enough.</summary>
    public void EndWaits(long now)
    {
        foreach (var (server, since) in _waiting)
        {
            if (now - since < options.ClientReportGrace.Ticks)
                continue;

            _waiting.Remove(server);
            placer.PlaceServer(server);
        }
    }

    public void Forget(DependencyState dependency) => _waiting.Remove(dependency);

    private void MatchServer(DependencyState server, bool retarget, long now, long horizon)
    {
        var proof = ProofOf(server);
        var matched = IsReportedByClient(server) || proof is not null;
        MarkMatched(server, matched);
        var isForClients = proof?.IsSplit == true;
        if (server.Set(DependencyFlags.ForClients, isForClients) && server.Edge is { } former)
            former.Table.Enqueue(former);
        if (isForClients)
        {
            placer.PlaceProvedServer(server, proof!.Value.Link);
            _waiting.Remove(server);
        }
        else if (matched)
        {
            server.Edge?.Detach(server);
            _waiting.Remove(server);
        }
        else if (server.Edge is not null)
        {
            if (retarget)
                placer.PlaceServer(server);
        }
        else if ((server.LastSeen >= horizon || server.Active > 0) && (server.Before is null || server.Contribution.Opened > 0))
        {
            if (server.IsPeerHere || !owners.Of(server.PeerAddress).IsEmpty)
                _waiting.TryAdd(server, now);
            else
                placer.PlaceServer(server);
        }
    }

    /// <summary>The handshake that proved whose connections a server reports, where that client's report is known; and whether that leads to others too.</summary>
    private (Link Link, bool IsSplit)? ProofOf(DependencyState server)
    {
        (Link Link, bool IsSplit)? proof = null;
        foreach (var link in links.FromClients(server.Place, server.Endpoint.Key, server.PeerAddress))
        {
            for (var client = endpoints.Find(link.Dialled)?.Clients; client is not null; client = client.NextAtEndpoint)
            {
                if (!ReferenceEquals(client.Place, link.ClientPlace))
                    continue;

                if (client.Has(DependencyFlags.EvidenceOnly))
                    return (link, true);
                proof ??= (link, false);
                break;
            }
        }

        return proof;
    }

    private bool IsReportedByClient(DependencyState server)
    {
        if (server.IsPeerHere)
        {
            _byServers.Add((server.Place, server.Place));
            return _byClients.Contains((server.Place, server.Place));
        }

        var found = false;
        foreach (var place in owners.Of(server.PeerAddress))
        {
            _byServers.Add((place.Host, server.Place));
            found |= _byClients.Contains((place.Host, server.Place));
        }

        return found;
    }

    private bool IsReportedByServer(DependencyState client) =>
        client.TargetPlace is { } target
        && (_byServers.Contains((client.Place, target)) || _byServers.Contains((client.Place.Host, target)));

    private static void MarkMatched(DependencyState dependency, bool matched)
    {
        if (dependency.Has(DependencyFlags.Matched) == matched)
            return;

        dependency.Flags ^= DependencyFlags.Matched;
        if (dependency.Edge is { } edge)
            edge.Table.Enqueue(edge);
    }
}
