using System.Runtime.InteropServices;

namespace Tendril.Graph;

/// <summary>What joined handshakes proved, from the client's side and from the server's. Bounded.</summary>
internal sealed class LinkTable(ForgottenRows forgotten)
{
    private const int MaxLinks = 65_536;
    private const int MaxOfOneEnd = 64;
    private const int MaxRewritten = 16_384;
    private const int MaxRewrittenOfOne = 4;

    private readonly Dictionary<(Place Place, EndpointKey Dialled), List<Link>> _byClient = [];
    private readonly Dictionary<(Place Place, EndpointKey Actual, NetAddress Peer), List<Link>> _byServer = [];
    private readonly Dictionary<(Place Place, EndpointKey Remote), EndpointKey[]> _rewritten = [];
    private int _count;

    public bool IsEmpty => _count == 0;

    public IEnumerable<Link> All => _byClient.Values.SelectMany(links => links);

    /// <summary>Where connections lead that a client dials, the one confirmed last first.</summary>
    public ReadOnlySpan<Link> ToServers(Place client, in EndpointKey dialled) =>
        _count > 0 && _byClient.TryGetValue((client, dialled), out var links) ? CollectionsMarshal.AsSpan(links) : [];

    /// <summary>Whose connections a server gets from a peer's address, the one confirmed last first.</summary>
    public ReadOnlySpan<Link> FromClients(Place server, in EndpointKey actual, NetAddress peer) =>
        _count > 0 && _byServer.TryGetValue((server, actual, peer), out var links) ? CollectionsMarshal.AsSpan(links) : [];

    /// <summary>Confirms what is known; gives a new link, null when it was known or there is no room.</summary>
    public Link? Confirm(Link seen, ProcessState? server, long now)
    {
        var key = (seen.ClientPlace, seen.Dialled);
        if (_byClient.TryGetValue(key, out var links))
        {
            var known = links.Find(link => link.ServerPlace == seen.ServerPlace && link.Actual == seen.Actual && link.Peer == seen.Peer);
            if (known is not null)
            {
                if (known.Client.Service is null || (server is not null && !ReferenceEquals(server, known.Server)))
                    known.Row.Touch();
                (known.ConfirmedAt, known.DoubtedSince, known.Server) = (now, 0, server ?? known.Server);
                if (known.Client.Service is null)
                    known.Client = seen.Client;
                MoveToFront(links, known);
                MoveToFront(_byServer[(known.ServerPlace, known.Actual, known.Peer)], known);
                return null;
            }
        }

        ref var fromClients = ref CollectionsMarshal.GetValueRefOrAddDefault(_byServer, (seen.ServerPlace, seen.Actual, seen.Peer), out _);
        fromClients ??= new List<Link>(1);
        if (_count >= MaxLinks || links?.Count >= MaxOfOneEnd || fromClients.Count >= MaxOfOneEnd)
        {
            if (fromClients.Count == 0)
                _byServer.Remove((seen.ServerPlace, seen.Actual, seen.Peer));
            return null;
        }

        if (links is null)
            _byClient.Add(key, links = new List<Link>(1));
        (seen.ConfirmedAt, seen.Server) = (now, server);
        links.Insert(0, seen);
        fromClients.Insert(0, seen);
        seen.ClientPlace.LinkCount++;
        seen.ServerPlace.LinkCount++;
        _count++;
        return seen;
    }

    public void Remove(Link link)
    {
        Remove(_byClient, (link.ClientPlace, link.Dialled), link);
        Remove(_byServer, (link.ServerPlace, link.Actual, link.Peer), link);
        link.ClientPlace.LinkCount--;
        link.ServerPlace.LinkCount--;
        _count--;
        forgotten.Add(RowKind.Link, link.Row);
    }

    /// <summary>A program asked for one endpoint and was connected to another: a cgroup program in between rewrote it.</summary>
    /// <returns>True when that is new.</returns>
    public bool Rewrite(Place client, EndpointKey remote, EndpointKey dialled)
    {
        var known = _rewritten.GetValueOrDefault((client, remote));
        if (known is null ? _rewritten.Count >= MaxRewritten : known.Contains(dialled) || known.Length >= MaxRewrittenOfOne)
            return false;

        client.LinkCount += known is null ? 1 : 0;
        client.Tell();
        _rewritten[(client, remote)] = [.. known ?? [], dialled];
        return true;
    }

    /// <summary>What programs asked for that were connected to an endpoint.</summary>
    public ReadOnlySpan<EndpointKey> AskedFor(Place client, in EndpointKey remote) => _rewritten.GetValueOrDefault((client, remote));

    /// <summary>All that programs of a place asked for and did not get.</summary>
    public IEnumerable<(EndpointKey Remote, EndpointKey[] Dialled)> RewrittenIn(Place client) =>
        _rewritten.Where(pair => ReferenceEquals(pair.Key.Place, client)).Select(pair => (pair.Key.Remote, pair.Value));

    public void ForgetRewritten(Func<Place, EndpointKey, bool> isUsed)
    {
        foreach (var (place, remote) in _rewritten.Keys.Where(key => !isUsed(key.Place, key.Remote)).ToArray())
        {
            _rewritten.Remove((place, remote));
            place.LinkCount--;
            place.Tell();
        }
    }

    private static void Remove<TKey>(Dictionary<TKey, List<Link>> lists, TKey key, Link link)
        where TKey : notnull
    {
        lists[key].Remove(link);
        if (lists[key].Count == 0)
            lists.Remove(key);
    }

    private static void MoveToFront(List<Link> links, Link link)
    {
        if (links[0] == link)
            return;

        links.Remove(link);
        links.Insert(0, link);
    }
}
