namespace Tendril.Graph;

/// <summary>The visible graph in flat arrays, nodes known by their position: the analysis walks these and not the objects.</summary>
/// <param name="Begin">Where each node's edges begin in the other two, and at last where they end.</param>
internal sealed record Topology(IReadOnlyList<ServiceState> Services, int[] Begin, int[] Targets, ushort[] Ports)
{
    public static Topology Of(IReadOnlyList<ServiceState> shown, int edgeCount)
    {
        var (begin, targets, ports) = (new int[shown.Count + 1], new int[edgeCount], new ushort[edgeCount]);
        var count = 0;
        for (var node = 0; node < shown.Count; node++)
        {
            begin[node] = count;
            for (var edge = shown[node].Outgoing; edge is not null; edge = edge.NextOutgoing)
            {
                if (edge.Slot >= 0)
                    (targets[count], ports[count++]) = (edge.Target.Slot, edge.Port);
            }
        }

        begin[^1] = count;
        return new Topology(shown, begin, targets, ports);
    }

    /// <summary>Finds tiers and cycles; those that changed are enqueued to be published.</summary>
    public void Analyse(ServiceTable services)
    {
        var components = StronglyConnectedComponents.Of(Begin, Targets);
        var tiers = TierRules.TiersOf(this);
        for (var node = 0; node < Services.Count; node++)
        {
            var (service, inCycle) = (Services[node], components.IsInCycle(node));
            if (service.Tier == tiers[node] && service.InCycle == inCycle)
                continue;

            (service.Tier, service.InCycle) = (tiers[node], inCycle);
            services.Enqueue(service);
        }
    }
}
