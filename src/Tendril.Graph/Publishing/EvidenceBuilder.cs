using System.Collections.Immutable;

namespace Tendril.Graph;

/// <summary>Tells of an edge why it is there.</summary>
internal static class EvidenceBuilder
{
    private const int MaxReports = 100;

    /// <summary>Of an edge with more reports than this the rest is only counted.</summary>
    private const int MaxVisited = 10_000;

    public static EdgeEvidence Build(EdgeState edge, GraphEdge published, GraphPartition partition)
    {
        var found = new HashSet<DependencyState>();
        var total = 0;
        for (var dependency = edge.Dependencies; dependency is not null; dependency = dependency.NextOnEdge)
        {
            total++;
            if (found.Count >= MaxVisited)
                continue;

            found.Add(dependency);
            if (dependency.IsClient && dependency.Has(DependencyFlags.Matched))
                AddServers(found, dependency, partition);
        }

        var shown = found.OrderByDescending(report => report.LastSeen).Take(MaxReports).ToList();
        return new EdgeEvidence(
            published, EndOf(edge.Source), EndOf(edge.Target), [.. shown.Select(report => Describe(report, edge, partition.Links))],
            Math.Max(total, found.Count) - shown.Count);
    }

    /// <summary>The servers' reports that a client's stands for: they are on no edge.</summary>
    private static void AddServers(HashSet<DependencyState> found, DependencyState client, GraphPartition partition)
    {
        if (client.TargetPlace is { } place)
            AddServers(found, client.Endpoint, server => ReferenceEquals(server.Place, place));
        foreach (var link in partition.Links.ToServers(client.Place, client.Endpoint.Key))
            AddServers(found, partition.FindEndpoint(link.Actual), server => ReferenceEquals(server.Place, link.ServerPlace) && server.PeerAddress == link.Peer);
    }

    private static void AddServers(HashSet<DependencyState> found, EndpointState? endpoint, Func<DependencyState, bool> isMeant)
    {
        for (var server = endpoint?.Servers; server is not null && found.Count < MaxVisited; server = server.NextAtEndpoint)
        {
            if (server.Edge is null && server.Has(DependencyFlags.Matched) && isMeant(server))
                found.Add(server);
        }
    }

    private static EdgeEnd EndOf(ServiceState service) =>
        new(service.Id, service.Identity.Name, service.Identity.Kind, service.Identity.NamedBy);

    private static EdgeReport Describe(DependencyState report, EdgeState edge, LinkTable links)
    {
        var (run, key) = (report.Process.Run, report.Endpoint.Key);
        var (resolvedBy, since) = report.IsClient ? ServerFoundBy(report, edge, links) : ClientFoundBy(report, edge, links);
        return new EdgeReport
        {
            Host = run.HostId,
            Hostname = run.Hostname,
            Role = report.IsClient ? "client" : "server",
            Process = report.Process.Observation is { } process
                ? new ReportProcess(report.Process.Number, process.Pid, process.Comm, process.Exe)
                : new ReportProcess(report.Process.Number, null, null, null),
            NetworkNamespace = report.Place.Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ServerEndpoint = key.Text(report.Details?.Path),
            Peer = report.IsClient || key.Transport == Transport.Unix ? null : report.PeerAddress.ToString(),
            Dialled = report.IsClient ? Texts(links.AskedFor(report.Place, key)) : [],
            ServerName = report.Details?.ServerName,
            Counted = report.Edge is not null && !report.Has(DependencyFlags.EvidenceOnly)
                && (report.IsClient || report.Has(DependencyFlags.ForClients) || !HasClient(edge)),
            Counters = CountersOf(report),
            FirstSeen = new DateTimeOffset(report.FirstSeen, TimeSpan.Zero),
            LastSeen = new DateTimeOffset(report.LastSeen, TimeSpan.Zero),
            ResolvedBy = resolvedBy,
            Since = since,
            Key = new ReportKey(run.StartMicros, report.Place.Number, report.Process.Number, report.Role, key.Transport, key.Address, key.Port),
        };
    }

    private static (string By, DateTimeOffset? Since) ServerFoundBy(DependencyState client, EdgeState edge, LinkTable links)
    {
        if (edge.IsFolded)
            return ("limit", null);
        if (client.Has(DependencyFlags.Proved))
            return ("handshake", SinceOf(links.ToServers(client.Place, client.Endpoint.Key)));
        if (client.TargetListener is { Owner: { } owner })
            return ("listener", owner.Since);
        if (client.TargetProcess is not null)
            return ("server's report", null);
        return (edge.Target.Identity.NamedBy is "DNS answer" or "TLS server name" ? edge.Target.Identity.NamedBy : "address", null);
    }

    private static (string By, DateTimeOffset? Since) ClientFoundBy(DependencyState server, EdgeState edge, LinkTable links)
    {
        var proved = links.FromClients(server.Place, server.Endpoint.Key, server.PeerAddress);
        if (!edge.IsFolded && proved.Length > 0)
            return ("handshake", SinceOf(proved));
        return (edge.IsFolded ? "limit" : server.Edge is null ? "client's report" : "address", null);
    }

    private static DateTimeOffset? SinceOf(ReadOnlySpan<Link> links) => links.Length == 0 ? null : new DateTimeOffset(links[0].Since, TimeSpan.Zero);

    private static bool HasClient(EdgeState edge)
    {
        for (var dependency = edge.Dependencies; dependency is not null; dependency = dependency.NextOnEdge)
        {
            if (dependency.IsClient)
                return true;
        }

        return edge.Settled is { HasClient: true };
    }

    private static ImmutableArray<string> Texts(ReadOnlySpan<EndpointKey> endpoints)
    {
        var texts = ImmutableArray.CreateBuilder<string>(endpoints.Length);
        foreach (var endpoint in endpoints)
            texts.Add(endpoint.ToString());
        return texts.ToImmutable();
    }

    private static ReportCounters CountersOf(DependencyState report)
    {
        var (c, rare) = (report.Before is null ? report.Counters : report.Counters.Minus(report.Before.Counters), report.RareContribution);
        return new ReportCounters(
            c.Opened, c.Failed, c.Closed, c.BytesSent, c.BytesReceived, c.Retransmits,
            rare.Refused, rare.TimedOut, rare.Unreachable, rare.Abandoned, rare.DatagramsSent, rare.DatagramsReceived);
    }
}
