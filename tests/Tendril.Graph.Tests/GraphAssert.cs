namespace Tendril.Graph.Tests;

internal static class GraphAssert
{
    /// <summary>Both ends of every edge are nodes, ids are unique, and the totals are the sums.</summary>
    public static void IsWhole(GraphSnapshot graph)
    {
        var nodes = graph.Nodes.Select(node => node.Id).ToHashSet();
        Assert.Equal(graph.Nodes.Length, nodes.Count);
        Assert.Equal(graph.Edges.Length, graph.Edges.Select(edge => edge.Id).Distinct().Count());
        Assert.All(graph.Edges, edge => Assert.True(nodes.Contains(edge.Source) && nodes.Contains(edge.Target)));
        Assert.Equal(
            new GraphTotals(
                graph.Nodes.Length, graph.Edges.Length, graph.Edges.Sum(edge => edge.ConnectionsOpened), graph.Edges.Sum(edge => edge.ConnectionsFailed),
                graph.Edges.Sum(edge => edge.ConnectionsClosed), graph.Edges.Sum(edge => edge.ConnectionsActive),
                graph.Edges.Sum(edge => edge.BytesSent), graph.Edges.Sum(edge => edge.BytesReceived), graph.Edges.Sum(edge => edge.Retransmits)),
            graph.Totals);
    }

    public static void LeadsTo(GraphSnapshot former, GraphChanges changes, GraphSnapshot current)
    {
        Assert.Equal((former.Version, current.Version), (changes.FromVersion, changes.Version));
        Assert.Equal(
            current.Nodes.OrderBy(node => node.Id, StringComparer.Ordinal),
            Merge(former.Nodes, changes.Nodes, changes.RemovedNodes, node => node.Id), ReferenceEqualityComparer.Instance);
        Assert.Equal(
            current.Edges.OrderBy(edge => edge.Id, StringComparer.Ordinal),
            Merge(former.Edges, changes.Edges, changes.RemovedEdges, edge => edge.Id), ReferenceEqualityComparer.Instance);
        Assert.Equal(current.Totals, changes.Totals);
    }

    private static IEnumerable<T> Merge<T>(IEnumerable<T> former, IEnumerable<T> changed, IEnumerable<string> removed, Func<T, string> id)
    {
        var items = former.ToDictionary(id);
        foreach (var item in changed)
            items[id(item)] = item;
        foreach (var gone in removed)
            items.Remove(gone);
        return items.Values.OrderBy(id, StringComparer.Ordinal);
    }
}
