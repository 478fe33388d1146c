namespace Tendril.Graph;

/// <summary>
/// Strength of edges against the strongest one, on a logarithmic scale. The scale's end moves in steps of a quarter of a doubling, so
/// that a growing graph does not change every edge at every publication.
/// </summary>
internal sealed class StrengthScale
{
    private double _top;

    /// <summary>The strongest edge may have become weaker or left: the top is looked for anew.</summary>
    public bool IsStale { get; private set; }

    public int Of(GraphEdge edge) => _top == 0 ? 1 : Math.Clamp(1 + (int)Math.Round(9 * Weight(edge) / _top), 1, 10);

    /// <summary>An edge changed from one state to another; null where there is none.</summary>
    public void Notice(GraphEdge? before, GraphEdge? after)
    {
        var (former, present) = (Step(before), Step(after));
        IsStale |= present > _top || (former >= _top && present < former);
    }

    /// <summary>Finds the top again.</summary>
    /// <returns>True when it is another one, and every edge is to be looked at.</returns>
    public bool Rescale(IEnumerable<GraphEdge> edges)
    {
        var top = 0.0;
        foreach (var edge in edges)
            top = Math.Max(top, Step(edge));
        IsStale = false;
        (var former, _top) = (_top, top);
        return former != top;
    }

    private static double Step(GraphEdge? edge) => edge is null ? 0 : Math.Ceiling(Weight(edge) * 4) / 4;

    private static double Weight(GraphEdge edge) => edge.Target == ServiceTable.OtherId
        ? 0
        : Math.Log2(1.0 + edge.ConnectionsOpened + edge.ConnectionsFailed) + Math.Log2(1 + ((edge.BytesSent + (double)edge.BytesReceived) / 1024));
}
