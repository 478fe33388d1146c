using System.Collections.Immutable;
using Tendril.Graph;

namespace Tendril.Operator.Api;

/// <summary>Cuts a part out of a snapshot. Pure.</summary>
internal static class GraphFilter
{
    /// <summary>The part of the graph that was asked for; null when no service has that id or name.</summary>
    public static GraphSnapshot? Apply(GraphSnapshot graph, GraphQuery query)
    {
        if (query.Since is { } since)
        {
            graph = Since(graph, since);
        }

        if (query.Service is not { } service)
        {
            return graph;
        }

        var start = Find(graph, service);
        return start.Count == 0 ? null : Around(graph, start, query.Depth);
    }

    /// <summary>The node with this id, else all nodes with this name: several hosts may run a program of one name.</summary>
    public static HashSet<string> Find(GraphSnapshot graph, string service)
    {
        var byId = graph.Nodes.Where(node => node.Id == service).Select(node => node.Id).ToHashSet();
        return byId.Count > 0 ? byId : [.. graph.Nodes.Where(node => node.Name == service).Select(node => node.Id)];
    }

    /// <summary>The nodes and edges with these ids; an edge brings its ends along. What there is no longer is left out and counted.</summary>
    public static (GraphSnapshot Part, int LeftOut) Pick(GraphSnapshot graph, IEnumerable<string> nodeIds, IEnumerable<string> edgeIds)
    {
        var (nodes, edges) = (nodeIds.ToHashSet(), edgeIds.ToHashSet());
        var asked = nodes.Count + edges.Count;
        var picked = graph.Edges.Where(edge => edges.Contains(edge.Id)).ToImmutableArray();
        var leftOut = asked - picked.Length - graph.Nodes.Count(node => nodes.Contains(node.Id));
        nodes.UnionWith(picked.SelectMany(edge => new[] { edge.Source, edge.Target }));
        return (Part(graph, [.. graph.Nodes.Where(node => nodes.Contains(node.Id))], picked), leftOut);
    }

    private static GraphSnapshot Since(GraphSnapshot graph, DateTimeOffset since)
    {
        var edges = graph.Edges.Where(edge => edge.LastSeen >= since).ToImmutableArray();
        var ends = edges.SelectMany(edge => new[] { edge.Source, edge.Target }).ToHashSet();
        return Part(graph, [.. graph.Nodes.Where(node => node.LastSeen >= since || ends.Contains(node.Id))], edges);
    }

    /// <summary>Upstream and downstream are walked apart: a sibling that shares a database is not a neighbour.</summary>
    private static GraphSnapshot Around(GraphSnapshot graph, HashSet<string> start, int depth)
    {
        var down = graph.Edges.ToLookup(edge => edge.Source, edge => edge.Target);
        var up = graph.Edges.ToLookup(edge => edge.Target, edge => edge.Source);
        var (below, above) = (Walk(start, down, depth), Walk(start, up, depth));
        return Part(
            graph,
            [.. graph.Nodes.Where(node => below.Contains(node.Id) || above.Contains(node.Id))],
            [.. graph.Edges.Where(edge => Joins(edge, below) || Joins(edge, above))]);
    }

    private static bool Joins(GraphEdge edge, HashSet<string> nodes) => nodes.Contains(edge.Source) && nodes.Contains(edge.Target);

    private static HashSet<string> Walk(HashSet<string> start, ILookup<string, string> next, int depth)
    {
        var seen = new HashSet<string>(start);
        var front = start.ToList();
        for (var hop = 0; hop < depth && front.Count > 0; hop++)
        {
            front = [.. front.SelectMany(id => next[id]).Where(seen.Add)];
        }

        return seen;
    }

    private static GraphSnapshot Part(GraphSnapshot graph, ImmutableArray<GraphNode> nodes, ImmutableArray<GraphEdge> edges) =>
        graph with
        {
            Nodes = nodes,
            Edges = edges,
            Totals = new(
                nodes.Length, edges.Length, Saturating.Sum(edges, e => e.ConnectionsOpened), Saturating.Sum(edges, e => e.ConnectionsFailed), Saturating.Sum(edges, e => e.ConnectionsClosed),
                Saturating.Sum(edges, e => e.ConnectionsActive), Saturating.Sum(edges, e => e.BytesSent), Saturating.Sum(edges, e => e.BytesReceived), Saturating.Sum(edges, e => e.Retransmits)),
        };
}
