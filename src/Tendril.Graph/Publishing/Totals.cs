namespace Tendril.Graph;

/// <summary>
/// Sums over the published edges, kept up with each change. Wide enough to come back from what is beyond a number: that is shown as the largest one.
/// </summary>
internal sealed class Totals
{
    private readonly Int128[] _sums = new Int128[7];

    public void Replace(GraphEdge? former, GraphEdge? next)
    {
        Add(former, -1);
        Add(next, 1);
    }

    public GraphTotals Publish(int nodes, int edges) => new(nodes, edges, Sum(0), Sum(1), Sum(2), Sum(3), Sum(4), Sum(5), Sum(6));

    private void Add(GraphEdge? edge, int sign)
    {
        if (edge is null)
            return;

        Span<long> figures =
        [
            edge.ConnectionsOpened, edge.ConnectionsFailed, edge.ConnectionsClosed, edge.ConnectionsActive,
            edge.BytesSent, edge.BytesReceived, edge.Retransmits,
        ];
        for (var i = 0; i < _sums.Length; i++)
            _sums[i] += sign * (Int128)figures[i];
    }

    private long Sum(int figure) => (long)Int128.Min(_sums[figure], long.MaxValue);
}
