namespace Tendril.Graph;

/// <summary>Tiers and cycles of the whole graph; run only when who depends on whom has changed.</summary>
internal static class TopologyAnalysis
{
    public static void Run(IReadOnlyList<ServiceState> shown, ServiceTable services)
    {
        var (begin, targets) = Adjacency(shown);
        var components = StronglyConnectedComponents.Of(begin, targets);
        foreach (var service in shown)
        {
            var (tier, inCycle) = (TierRules.TierOf(service), components.IsInCycle(service.Slot));
            if (tier == service.Tier && inCycle == service.InCycle)
                continue;

            (service.Tier, service.InCycle) = (tier, inCycle);
            services.Enqueue(service);
        }
    }

    /// <summary>The visible edges in two flat arrays: nodes are known by their position.</summary>
    private static (int[] Begin, int[] Targets) Adjacency(IReadOnlyList<ServiceState> shown)
    {
        var begin = new int[shown.Count + 1];
        var targets = new List<int>(shown.Count * 4);
        for (var i = 0; i < shown.Count; i++)
        {
            begin[i] = targets.Count;
            for (var edge = shown[i].Outgoing; edge is not null; edge = edge.NextOutgoing)
            {
                if (edge.Slot >= 0)
                    targets.Add(edge.Target.Slot);
            }
        }

        begin[^1] = targets.Count;
        return (begin, [.. targets]);
    }
}
