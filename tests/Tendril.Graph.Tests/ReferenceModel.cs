namespace Tendril.Graph.Tests;

/// <summary>What a host says, with nothing that depends on when it says it.</summary>
internal sealed record Facts(
    List<(string Host, string[] Addresses)> Hosts,
    List<(string Host, uint Number, string Service)> Processes,
    List<(string Host, ulong Namespace, string Address, ushort Port, uint Process)> Listeners,
    List<(string Host, DependencyObservation Observation)> Dependencies);

/// <summary>The graph's rules once more, as plainly as can be: everything is computed from all facts at once.</summary>
internal sealed class ReferenceModel(Facts facts)
{
    public const string HiddenService = "s6";

    public string[] Edges() => [.. AllEdges().Where(edge => edge.Key.Source != HiddenService && edge.Key.Target != HiddenService)
        .Select(Describe).Order(StringComparer.Ordinal)];

    public string[] Nodes() => [.. AllEdges().Keys.Where(key => key.Source != HiddenService && key.Target != HiddenService)
        .SelectMany(key => new[] { key.Source, key.Target })
        .Concat(facts.Listeners.Select(listener => ServiceOf(listener.Host, listener.Process)).OfType<string>().Where(id => id != HiddenService))
        .Distinct().Order(StringComparer.Ordinal)];

    private static string Describe(KeyValuePair<(string Source, string Target, ushort Port), List<(Counters Counters, long Refused, bool Client, bool Matched)>> edge)
    {
        var clients = edge.Value.Where(part => part.Client).ToList();
        var parts = clients.Count > 0 ? clients : edge.Value;
        var both = clients.Count > 0 && (clients.Exists(part => part.Matched) || clients.Count < edge.Value.Count);
        return $"{edge.Key} {(both ? "both" : clients.Count > 0 ? "client" : "server")} {Sum(c => c.Opened)} {Sum(c => c.Failed)} {parts.Sum(part => part.Refused)} {Sum(c => c.Closed)} "
            + $"{Sum(c => c.Opened - c.Closed)} {Sum(c => clients.Count > 0 ? c.BytesSent : c.BytesReceived)} {Sum(c => clients.Count > 0 ? c.BytesReceived : c.BytesSent)}";

        long Sum(Func<Counters, long> field) => parts.Sum(part => field(part.Counters));
    }

    private Dictionary<(string Source, string Target, ushort Port), List<(Counters Counters, long Refused, bool Client, bool Matched)>> AllEdges()
    {
        var edges = new Dictionary<(string, string, ushort), List<(Counters, long, bool, bool)>>();
        var clients = facts.Dependencies.Where(d => d.Observation.Key.Role == Role.Client).ToList();
        var servers = facts.Dependencies.Where(d => d.Observation.Key.Role == Role.Server).ToList();
        foreach (var (host, client) in clients)
        {
            var target = Resolve(host, client.Key);
            Add(
                ServiceOf(host, client.Key.ProcessNumber) ?? $"unknown@{host}", target?.Service ?? Unresolved(host, client.Key, client.Key.ServerAddress, client.Key.ServerPort),
                client, servers.Exists(server => Tells(server, (host, client))));
        }

        foreach (var (host, server) in servers.Where(server => !clients.Exists(client => Tells(server, client))))
        {
            Add(
                Unresolved(host, server.Key, server.Key.PeerAddress, null),
                ServiceOf(host, server.Key.ProcessNumber) ?? At(host, server.Key.NetworkNamespace, server.Key)
                    ?? Unresolved(host, server.Key, server.Key.ServerAddress, server.Key.ServerPort),
                server, false);
        }

        return edges;

        void Add(string source, string target, DependencyObservation observation, bool matched)
        {
            if (!edges.TryGetValue((source, target, observation.Key.ServerPort), out var parts))
                edges.Add((source, target, observation.Key.ServerPort), parts = []);
            parts.Add((observation.Counters, observation.Details?.Counters.Refused ?? 0, observation.Key.Role == Role.Client, matched));
        }
    }

    /// <summary>Both tell of the same connections.</summary>
    private bool Tells((string Host, DependencyObservation Observation) server, (string Host, DependencyObservation Observation) client)
    {
        var (s, c) = (server.Observation.Key, client.Observation.Key);
        return s.ServerAddress == c.ServerAddress && s.ServerPort == c.ServerPort
            && Resolve(client.Host, c) is { } target && target.Host == server.Host && target.Namespace == s.NetworkNamespace
            && (s.PeerAddress.IsLoopback
                ? client.Host == server.Host && c.NetworkNamespace == s.NetworkNamespace
                : Places().Any(place => place.Host == client.Host && Knows(place.Host, place.Namespace, s.PeerAddress)));
    }

    private (string Host, ulong Namespace, string Service)? Resolve(string host, DependencyKey key)
    {
        foreach (var find in new Func<string, ulong, DependencyKey, string?>[] { At, ReportedAt })
        {
            if (find(host, key.NetworkNamespace, key) is { } here)
                return (host, key.NetworkNamespace, here);
            if (key.ServerAddress.IsLoopback)
                continue;

            var found = Places().Where(place => Knows(place.Host, place.Namespace, key.ServerAddress))
                .Select(place => (place.Host, place.Namespace, Service: find(place.Host, place.Namespace, key)!)).Where(place => place.Service is not null).ToList();
            foreach (var some in new[] { found, found.Where(place => place.Host == host).ToList() })
            {
                if (some.Select(place => place.Service).Distinct().Count() == 1)
                    return some.OrderBy(place => place.Host, StringComparer.Ordinal).ThenBy(place => place.Namespace == World.HostNamespace ? 0 : place.Namespace).First();
            }

            if (found.Count > 0)
                return null;
        }

        return null;
    }

    private string? At(string host, ulong ns, DependencyKey key)
    {
        var address = key.ServerAddress;
        var covers = new List<NetAddress> { address };
        if (address.IsLoopback || Knows(host, ns, address))
            covers.AddRange(address.IsIPv4 ? [World.Address("0.0.0.0"), World.Address("::")] : [World.Address("::")]);
        return covers.Select(cover => facts.Listeners
                .Where(l => l.Host == host && l.Namespace == ns && l.Port == key.ServerPort && World.Address(l.Address) == cover)
                .Select(l => ServiceOf(host, l.Process)).FirstOrDefault())
            .FirstOrDefault(service => service is not null);
    }

    private string? ReportedAt(string host, ulong ns, DependencyKey key) => facts.Dependencies
        .Where(d => d.Host == host && d.Observation.Key.Role == Role.Server && d.Observation.Key.NetworkNamespace == ns
            && d.Observation.Key.ServerAddress == key.ServerAddress && d.Observation.Key.ServerPort == key.ServerPort)
        .OrderByDescending(d => d.Observation.Key.ProcessNumber)
        .Select(d => ServiceOf(host, d.Observation.Key.ProcessNumber)).FirstOrDefault(service => service is not null);

    private bool Knows(string host, ulong ns, NetAddress address) => !address.IsLocalOnly
        && ((ns == World.HostNamespace && facts.Hosts.Single(h => h.Host == host).Addresses.Any(a => World.Address(a) == address))
            || facts.Listeners.Exists(l => l.Host == host && l.Namespace == ns && World.Address(l.Address) == address)
            || facts.Dependencies.Exists(d => d.Host == host && d.Observation.Key.Role == Role.Server
                && d.Observation.Key.NetworkNamespace == ns && d.Observation.Key.ServerAddress == address));

    private IEnumerable<(string Host, ulong Namespace)> Places() =>
        facts.Hosts.SelectMany(host => new[] { (host.Host, World.HostNamespace), (host.Host, 5UL) });

    private string? ServiceOf(string host, uint process) => facts.Processes
        .Where(p => p.Host == host && p.Number == process).Select(p => p.Service).SingleOrDefault();

    private static string Unresolved(string host, DependencyKey key, NetAddress address, ushort? port) => World.Name(new UnresolvedEndpoint(
        host, host, key.NetworkNamespace == World.HostNamespace ? 0 : key.NetworkNamespace, address, port, key.Transport)).Id;
}
