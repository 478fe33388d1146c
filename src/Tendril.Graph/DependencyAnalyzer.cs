namespace Tendril.Graph;

/// <summary>What can be said of a graph as a whole.</summary>
public static class DependencyAnalyzer
{
    /// <summary>All nodes that depend on <paramref name="nodeId"/>, directly or through others: what breaks if it stops. Not the node itself unless it is in a cycle.</summary>
    public static IReadOnlySet<string> Dependents(GraphSnapshot graph, string nodeId) =>
        Reachable(graph.Edges.ToLookup(edge => edge.Target, edge => edge.Source), nodeId);

    /// <summary>All nodes that <paramref name="nodeId"/> depends on, directly or through others.</summary>
    public static IReadOnlySet<string> Dependencies(GraphSnapshot graph, string nodeId) =>
        Reachable(graph.Edges.ToLookup(edge => edge.Source, edge => edge.Target), nodeId);

    /// <summary>Groups of two or more services that depend on each other in a circle, and services that call themselves.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Cycles(GraphSnapshot graph)
    {
        var index = new Dictionary<string, int>(graph.Nodes.Length);
        foreach (var node in graph.Nodes)
            index.Add(node.Id, index.Count);
        var outgoing = graph.Edges.ToLookup(edge => index[edge.Source], edge => index[edge.Target]);
        var begin = new int[graph.Nodes.Length + 1];
        var targets = new List<int>(graph.Edges.Length);
        for (var i = 0; i < graph.Nodes.Length; i++)
        {
            begin[i] = targets.Count;
            targets.AddRange(outgoing[i]);
        }

        begin[^1] = targets.Count;
        var components = StronglyConnectedComponents.Of(begin, [.. targets]);
        return [.. Enumerable.Range(0, graph.Nodes.Length)
            .Where(i => components.IsInCycle(i) || outgoing[i].Contains(i))
            .GroupBy(i => components.Component[i], i => graph.Nodes[i].Id)
            .Select(group => (IReadOnlyList<string>)[.. group.Order(StringComparer.Ordinal)])
            .OrderBy(group => group[0], StringComparer.Ordinal)];
    }

    private static HashSet<string> Reachable(ILookup<string, string> next, string nodeId)
    {
        var reached = new HashSet<string>();
        var pending = new Stack<string>();
        pending.Push(nodeId);
        while (pending.TryPop(out var node))
        {
            foreach (var neighbour in next[node])
            {
                if (reached.Add(neighbour))
                    pending.Push(neighbour);
            }
        }

        return reached;
    }
}
