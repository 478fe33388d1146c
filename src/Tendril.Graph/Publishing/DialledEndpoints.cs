using System.Collections.Immutable;

namespace Tendril.Graph;

/// <summary>What the clients of an edge asked for, where they were served somewhere else.</summary>
internal static class DialledEndpoints
{
    private const int MaxListed = 8;

    public static ImmutableArray<string> Of(EdgeState edge, LinkTable links)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        for (var dependency = edge.Dependencies; dependency is not null && found.Count < MaxListed; dependency = dependency.NextOnEdge)
        {
            if (dependency.Has(DependencyFlags.Proved) || dependency.Has(DependencyFlags.Rewritten))
                AddDialled(found, dependency, links);
            else if (dependency.Has(DependencyFlags.ForClients))
                AddLinked(found, links.FromClients(dependency.Place, dependency.Endpoint.Key, dependency.PeerAddress));
        }

        return [.. found.Take(MaxListed)];
    }

    private static void AddDialled(SortedSet<string> found, DependencyState client, LinkTable links)
    {
        AddLinked(found, links.ToServers(client.Place, client.Endpoint.Key));
        foreach (var asked in links.AskedFor(client.Place, client.Endpoint.Key))
            found.Add(asked.ToString());
    }

    private static void AddLinked(SortedSet<string> found, ReadOnlySpan<Link> links)
    {
        foreach (var link in links)
        {
            if (link.Dialled != link.Actual)
                found.Add(link.Dialled.ToString());
        }
    }
}
