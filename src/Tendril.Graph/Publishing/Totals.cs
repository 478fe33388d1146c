namespace Tendril.Graph;

/// <summary>Sums over the published edges, kept up with each change.</summary>
internal sealed class Totals
{
    private Counters _counters;
    private long _active;

    public void Replace(GraphEdge? former, GraphEdge? next)
    {
        _counters = _counters.Plus(CountersOf(next)).Minus(CountersOf(former));
        _active += (next?.ConnectionsActive ?? 0) - (former?.ConnectionsActive ?? 0);
    }

    public GraphTotals Publish(int nodes, int edges) => new(
        nodes, edges, _counters.Opened, _counters.Failed, _counters.Closed, _active,
        _counters.BytesSent, _counters.BytesReceived, _counters.Retransmits);

    private static Counters CountersOf(GraphEdge? edge) => edge is null
        ? default
        : new Counters(
            edge.ConnectionsOpened, edge.ConnectionsFailed, edge.ConnectionsClosed, edge.BytesSent, edge.BytesReceived, edge.Retransmits);
}
