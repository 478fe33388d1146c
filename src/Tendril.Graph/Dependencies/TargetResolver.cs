namespace Tendril.Graph;

/// <summary>Who serves an endpoint, and how that is known.</summary>
/// <param name="Process">Who serves it.</param>
/// <param name="Listener">By which listener that is known; null: it is known by a report.</param>
/// <param name="Place">Where that is.</param>
/// <param name="Actual">Where a joined handshake proved connections to lead; null: no handshake was needed.</param>
/// <param name="IsSplit">Handshakes proved that they lead to several services, as a load balancer's do; this is the one proved last.</param>
internal readonly record struct Target(ProcessState? Process, ListenerState? Listener, Place? Place, EndpointKey? Actual = null, bool IsSplit = false)
{
    public ServiceState? Service => Process?.Service;
}

/// <summary>
/// Finds the process behind an address and port as seen from a place. Who listens now is asked before who listened last, and that before
/// who merely reported connections; at each step the place itself before the rest of the world.
/// </summary>
internal sealed class TargetResolver(AddressOwners owners, LinkTable links)
{
    private enum Evidence
    {
        Listening,
        Listened,
        Reported,
    }

    /// <summary>The target, or a default one where nobody is known or several are and guessing would be needed.</summary>
    public Target Resolve(Place from, EndpointState endpoint)
    {
        var proved = FindProved(from, endpoint.Key);
        return proved.Service is not null ? proved : ResolveByAddress(from, endpoint);
    }

    /// <summary>The target as far as addresses and listeners tell, without what handshakes proved.</summary>
    public Target ResolveByAddress(Place from, EndpointState endpoint)
    {
        if (endpoint.Key.Address.IsOthers)
            return default;

        for (var evidence = Evidence.Listening; evidence <= Evidence.Reported; evidence++)
        {
            var target = Find(from, endpoint, evidence);
            if (target.Service is not null)
                return target;
            if (!endpoint.Key.IsLocalOnly && FindElsewhere(from, endpoint, evidence, out target))
                return target;
        }

        return default;
    }

    /// <summary>Where handshakes proved connections to lead.</summary>
    private Target FindProved(Place from, in EndpointKey dialled)
    {
        var found = default(Target);
        foreach (var link in links.ToServers(from, dialled))
        {
            var target = FindServer(link);
            if (target.Service is null)
                continue;
            if (found.Service is null)
                found = target;
            else if (!ReferenceEquals(found.Service, target.Service))
                return found with { IsSplit = true };
        }

        return found;
    }

    /// <summary>Who listens, or listened, where a link leads, else whose end the handshake was.</summary>
    public static Target FindServer(Link link)
    {
        var target = Find(link.ServerPlace, link.Actual, open: true);
        if (target.Service is null)
            target = Find(link.ServerPlace, link.Actual, open: false);
        return (target.Service is null ? new Target(link.Server, null, link.ServerPlace) : target) with { Actual = link.Actual };
    }

    /// <summary>The target in this very place, for a server's own report of an unknown process.</summary>
    public static Target ResolveAt(Place place, EndpointState endpoint)
    {
        var target = Find(place, endpoint, Evidence.Listening);
        return target.Service is not null ? target : Find(place, endpoint, Evidence.Listened);
    }

    /// <returns>True when the search is over: one was found, or several services are there and none can be preferred.</returns>
    private bool FindElsewhere(Place from, EndpointState endpoint, Evidence evidence, out Target found)
    {
        var (anywhere, sameHost) = (default(Target), default(Target));
        var (ambiguous, ambiguousOnHost) = (false, false);
        foreach (var place in owners.Of(endpoint.Key.Address))
        {
            if (ReferenceEquals(place, from))
                continue;

            var target = Find(place, endpoint, evidence);
            if (target.Service is null)
                continue;

            Prefer(ref anywhere, target, ref ambiguous);
            if (ReferenceEquals(place.Host, from.Host))
                Prefer(ref sameHost, target, ref ambiguousOnHost);
        }

        found = !ambiguous ? anywhere : !ambiguousOnHost ? sameHost : default;
        return anywhere.Service is not null;
    }

    private static void Prefer(ref Target best, in Target target, ref bool ambiguous)
    {
        if (best.Service is null || IsBefore(target.Place!, best.Place!))
        {
            ambiguous |= best.Service is not null && !ReferenceEquals(best.Service, target.Service);
            best = target;
        }
        else
        {
            ambiguous |= !ReferenceEquals(best.Service, target.Service);
        }
    }

    /// <summary>One service may serve the same address in several places; which is taken must not depend on who reported first.</summary>
    private static bool IsBefore(Place one, Place other) =>
        (string.CompareOrdinal(one.Host.HostId, other.Host.HostId), one.Number.CompareTo(other.Number)).CompareTo((0, 0)) < 0;

    private static Target Find(Place place, EndpointState endpoint, Evidence evidence)
    {
        if (evidence == Evidence.Reported)
            return FindReported(place, endpoint);

        return Find(place, endpoint.Key, evidence == Evidence.Listening);
    }

    private static Target Find(Place place, in EndpointKey key, bool open)
    {
        var target = FindListener(place, key, open);
        if (target.Service is null && key.Transport != Transport.Unix && (key.Address.IsLocalOnly || place.Knows(key.Address)))
        {
            if (key.Address.IsIPv4)
                target = FindListener(place, key.WithAnyIPv4, open);
            if (target.Service is null)
                target = FindListener(place, key.WithAnyAddress, open);
        }

        return target;
    }

    private static Target FindListener(Place place, in EndpointKey key, bool open) =>
        place.Listeners.TryGetValue(key, out var listener) && listener.IsOpen == open
            ? new Target(listener.Owner?.Process, listener, place)
            : default;

    private static Target FindReported(Place place, EndpointState endpoint)
    {
        ProcessState? latest = null;
        for (var server = endpoint.Servers; server is not null; server = server.NextAtEndpoint)
        {
            if (ReferenceEquals(server.Place, place) && server.Process.Service is not null && IsLater(server.Process, latest))
                latest = server.Process;
        }

        return new Target(latest, null, latest is null ? null : place);
    }

    /// <summary>
    /// Who served a client that made all its attempts before the present owner of the endpoint was there: who reported connections at that time, as the same
    /// agent saw it.
    /// </summary>
    public static Target FindFormer(DependencyState client)
    {
        DependencyState? latest = null;
        for (var server = client.Endpoint.Servers; server is not null; server = server.NextAtEndpoint)
        {
            if (ReferenceEquals(server.Process.Run, client.Process.Run) && server.Process.Service is not null
                && server.FirstSeen <= client.LastAttempt && server.LastSeen >= client.FirstSeen && (latest is null || server.FirstSeen > latest.FirstSeen))
                latest = server;
        }

        return new Target(latest?.Process, null, latest?.Place);
    }

    private static bool IsLater(ProcessState process, ProcessState? other) =>
        other is null || (process.Run.StartMicros, process.Number).CompareTo((other.Run.StartMicros, other.Number)) > 0;
}
