using System.Collections.Immutable;

namespace Tendril.Graph;

/// <summary>What readers see: a snapshot and what it takes to tell how it came about. Immutable.</summary>
internal sealed record Publication(GraphSnapshot Snapshot, RemovalLog Removals)
{
    public static Publication Empty { get; } =
        new(new GraphSnapshot(0, DateTimeOffset.UnixEpoch, [], [], new GraphTotals(0, 0, 0, 0, 0, 0, 0, 0, 0)), RemovalLog.Empty);

    /// <returns>Null when <paramref name="version"/> is not of this graph or too long ago.</returns>
    public GraphChanges? ChangesSince(long version)
    {
        if (version < Removals.CompleteSince || version > Snapshot.Version)
            return null;

        var nodes = ImmutableArray.CreateBuilder<GraphNode>();
        foreach (var node in Snapshot.Nodes)
        {
            if (node.ChangedAt > version)
                nodes.Add(node);
        }

        var edges = ImmutableArray.CreateBuilder<GraphEdge>();
        foreach (var edge in Snapshot.Edges)
        {
            if (edge.ChangedAt > version)
                edges.Add(edge);
        }

        var later = Removals.Versions.Where(removals => removals.Version > version).ToArray();
        return new GraphChanges(
            version, Snapshot.Version, Snapshot.Time, nodes.ToImmutable(), edges.ToImmutable(),
            Without(later.SelectMany(removals => removals.Nodes), nodes.Select(node => node.Id)),
            Without(later.SelectMany(removals => removals.Edges), edges.Select(edge => edge.Id)),
            Snapshot.Totals);
    }

    /// <summary>What left and came back is among the changed ones, not among the removed.</summary>
    private static ImmutableArray<string> Without(IEnumerable<string> removed, IEnumerable<string> present) => [.. removed.Except(present)];
}
