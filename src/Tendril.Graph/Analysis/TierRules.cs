namespace Tendril.Graph;

/// <summary>Guesses the tier of a service that no rule names: what it is to the others.</summary>
internal static class TierRules
{
    /// <summary>Ports that IANA, or the product itself, gives to something that keeps data or messages.</summary>
    public static bool IsDataPort(int port) => port is 1433 or 1521 or 2181 or 2379 or 3306 or 4222 or 5432 or 5433 or 5672 or 6379
        or 6380 or 7687 or 8086 or 8123 or 9042 or 9092 or 9200 or 9300 or 11211 or 26257 or 27017 or 28015 or 33060;

    /// <summary>The tier of each node, by position.</summary>
    public static string[] TiersOf(Topology topology)
    {
        var traits = Traits(topology);
        MarkCallers(topology, traits);
        var tiers = new string[traits.Length];
        for (var node = 0; node < tiers.Length; node++)
            tiers[node] = topology.Services[node].Identity.Tier ?? TierOf(traits[node]);
        return tiers;
    }

    private static string TierOf(Trait traits)
    {
        if (traits.HasFlag(Trait.External))
            return "external";
        if (traits.HasFlag(Trait.KeepsData))
            return "data";
        if (traits.HasFlag(Trait.Bare))
            return "service";
        var isEntry = traits.HasFlag(Trait.Serves)
            ? traits.HasFlag(Trait.Called) && !traits.HasFlag(Trait.CalledByService)
            : traits.HasFlag(Trait.Calls);
        return isEntry ? "edge" : "service";
    }

    private static Trait[] Traits(Topology topology)
    {
        var traits = new Trait[topology.Services.Count];
        for (var node = 0; node < traits.Length; node++)
        {
            var service = topology.Services[node];
            traits[node] |= (service.HasListened ? Trait.Serves : 0)
                | (service.ListensForData ? Trait.KeepsData : 0)
                | (service.Identity.Kind == "external" ? Trait.External : 0)
                | (service.Identity.Kind == "address" ? Trait.Bare : 0);
            for (var i = topology.Begin[node]; i < topology.Begin[node + 1]; i++)
            {
                var target = topology.Targets[i];
                if (IsDataPort(topology.Ports[i]))
                    traits[target] |= Trait.KeepsData;
                if (target != node)
                    (traits[node], traits[target]) = (traits[node] | Trait.Calls, traits[target] | Trait.Serves | Trait.Called);
            }
        }

        return traits;
    }

    private static void MarkCallers(Topology topology, Trait[] traits)
    {
        for (var node = 0; node < traits.Length; node++)
        {
            if ((traits[node] & (Trait.Serves | Trait.External)) != Trait.Serves)
                continue;

            for (var i = topology.Begin[node]; i < topology.Begin[node + 1]; i++)
            {
                if (topology.Targets[i] != node)
                    traits[topology.Targets[i]] |= Trait.CalledByService;
            }
        }
    }

    [Flags]
    private enum Trait : byte
    {
        External = 1,
        Serves = 2,
        KeepsData = 4,
        Calls = 8,
        Called = 16,

        /// <summary>By something that serves others itself and is not outside.</summary>
        CalledByService = 32,

        /// <summary>An address that nobody is known to listen on: that only clients tried it does not make it where requests come in.</summary>
        Bare = 64,
    }
}
