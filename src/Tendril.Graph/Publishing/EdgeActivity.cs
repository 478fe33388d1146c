namespace Tendril.Graph;

/// <summary>What the published edges of a service say of it.</summary>
/// <param name="State">The liveliest state among them; null when there is none.</param>
/// <param name="IsServer">Others depend on it.</param>
/// <param name="IsStale">There are some, and all are stale.</param>
internal readonly record struct EdgeActivity(long FirstSeen, long LastSeen, string? State, bool IsServer, bool IsStale)
{
    public static EdgeActivity Of(ServiceState service, PublishedList<EdgeState, GraphEdge> edges)
    {
        var activity = new EdgeActivity(long.MaxValue, 0, null, false, false);
        for (var edge = service.Outgoing; edge is not null; edge = edge.NextOutgoing)
            activity = activity.With(edges.Item(edge), isServer: false);
        for (var edge = service.Incoming; edge is not null; edge = edge.NextIncoming)
            activity = activity.With(edges.Item(edge), isServer: true);
        return activity;
    }

    private EdgeActivity With(GraphEdge? edge, bool isServer) => edge is null
        ? this
        : new EdgeActivity(
            Math.Min(FirstSeen, edge.FirstSeen.UtcTicks),
            Math.Max(LastSeen, edge.LastSeen.UtcTicks),
            Rank(edge.State) > Rank(State) ? edge.State : State,
            IsServer || isServer,
            edge.Stale && (IsStale || State is null));

    private static int Rank(string? state) => state switch { "active" => 3, "idle" => 2, "gone" => 1, _ => 0 };
}
