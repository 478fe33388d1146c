using System.Collections.Frozen;

namespace Tendril.Graph;

/// <summary>Guesses the tier of a service that no rule names: what it is to the others.</summary>
internal static class TierRules
{
    /// <summary>Ports that IANA or the product itself gives to something that keeps data.</summary>
    private static readonly FrozenSet<ushort> DataPorts = FrozenSet.Create<ushort>(
        1433, 1521, 2181, 2379, 3306, 4222, 5432, 5433, 5672, 6379, 6380, 7000, 7687, 8086, 8123, 9042, 9092, 9200, 9300,
        11211, 26257, 27017, 28015, 33060);

    public static string TierOf(ServiceState service)
    {
        if (service.Identity.Tier is { } tier)
            return tier;
        if (service.Identity.Kind == "external")
            return "external";
        if (KeepsData(service))
            return "data";
        return Serves(service) ? CalledFromOutsideOnly(service) ? "edge" : "service" : service.Outgoing is null ? "service" : "edge";
    }

    private static bool KeepsData(ServiceState service)
    {
        for (var edge = service.Incoming; edge is not null; edge = edge.NextIncoming)
        {
            if (edge.Slot >= 0 && DataPorts.Contains(edge.Port))
                return true;
        }

        return service.Processes.Exists(static process =>
            process.Listeners.Exists(listener => ReferenceEquals(listener.Owner?.Process, process) && DataPorts.Contains(listener.Endpoint.Port)));
    }

    private static bool Serves(ServiceState service)
    {
        if (service.HasListened)
            return true;
        for (var edge = service.Incoming; edge is not null; edge = edge.NextIncoming)
        {
            if (edge.Slot >= 0 && !ReferenceEquals(edge.Source, service))
                return true;
        }

        return false;
    }

    private static bool CalledFromOutsideOnly(ServiceState service)
    {
        var called = false;
        for (var edge = service.Incoming; edge is not null; edge = edge.NextIncoming)
        {
            if (edge.Slot < 0 || ReferenceEquals(edge.Source, service))
                continue;

            called = true;
            if (edge.Source.Identity.Kind != "external" && Serves(edge.Source))
                return false;
        }

        return called;
    }
}
