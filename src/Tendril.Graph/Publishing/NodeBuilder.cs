using System.Collections.Immutable;

namespace Tendril.Graph;

/// <summary>Describes a service as a node, from its processes, listeners and published edges.</summary>
internal static class NodeBuilder
{
    private const int MaxProcesses = 20;

    /// <summary>A service on very many ports or hosts is told by the first of them; the page would not show more.</summary>
    private const int MaxListed = 100;

    private const int MaxVisited = 10_000;

    public static GraphNode Build(ServiceState service, PublishedList<EdgeState, GraphEdge> edges, long now)
    {
        var listeners = Listeners(service);
        var activity = EdgeActivity.Of(service, edges);
        var listeningSince = listeners.Count == 0 ? long.MaxValue : listeners.Min(listener => listener.Owner!.Since.UtcTicks);
        var first = Math.Min(activity.FirstSeen, listeningSince);
        if ((first == long.MaxValue ? now : first) is var seen && seen < service.FirstSeen)
        {
            service.FirstSeen = seen;
            service.Row.Touch();
        }

        var lastSeen = Math.Max(activity.LastSeen, listeningSince == long.MaxValue ? service.SilencedAt : listeningSince);
        var (ip, port) = FirstEndpoint(service, listeners);
        return new GraphNode
        {
            Id = service.Id,
            Name = service.Identity.Name,
            Kind = service.Identity.Kind,
            Tier = service.Tier,
            Ip = ip,
            Port = port,
            Endpoints = Endpoints(service, listeners),
            Hosts = Hosts(service),
            Processes = Processes(service),
            State = State(service, activity),
            NamedBy = service.Identity.NamedBy,
            Namespace = Namespace(service),
            InCycle = service.InCycle,
            Stale = service.Processes.Count > 0 ? service.Processes.TrueForAll(static process => process.Run.Host.IsStale) : activity.IsStale,
            FirstSeen = new DateTimeOffset(service.FirstSeen, TimeSpan.Zero),
            LastSeen = new DateTimeOffset(Math.Max(lastSeen, service.FirstSeen), TimeSpan.Zero),
            Tags = service.Identity.Tags,
        };
    }

    /// <summary>Open listeners in the order of their ports, or, of a service that is down, those it had.</summary>
    private static List<ListenerState> Listeners(ServiceState service)
    {
        var listeners = new List<ListenerState>();
        foreach (var process in service.Processes)
        {
            foreach (var listener in process.Listeners)
            {
                if (ReferenceEquals(listener.Owner?.Process, process) && listener.IsOpen == service.IsListening)
                    listeners.Add(listener);
            }
        }

        listeners.Sort(static (a, b) => Order(a.Endpoint).CompareTo(Order(b.Endpoint)));
        return listeners;
    }

    /// <summary>Unix sockets last: people know a service by its port, if it has one.</summary>
    private static (bool IsUnix, ushort Port, Transport Transport, ulong High, ulong Low) Order(EndpointKey endpoint) =>
        (endpoint.Transport == Transport.Unix, endpoint.Port, endpoint.Transport, endpoint.Address.High, endpoint.Address.Low);

    private static (string? Ip, int? Port) FirstEndpoint(ServiceState service, List<ListenerState> listeners)
    {
        if (listeners.Count > 0 && listeners[0].Endpoint.Transport == Transport.Unix)
            return (null, null);
        if (listeners.Count > 0)
            return (listeners[0].Endpoint.Address.ToString(), listeners[0].Endpoint.Port);
        return !service.IsProcess && service.Unresolved is { Transport: not Transport.Unix } unresolved && service.Id != ServiceTable.OtherExternalId
            ? (unresolved.Address.ToString(), unresolved.Port) : (null, null);
    }

    private static ImmutableArray<string> Endpoints(ServiceState service, List<ListenerState> listeners)
    {
        if (listeners.Count == 0)
        {
            return service.IsProcess || service.IsFold ? [] : Dialled(service);
        }

        return [.. listeners.Take(MaxListed).Select(listener => listener.Endpoint.Text(listener.Path)).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Where a service without a known process was looked for; of very many the first that are found.</summary>
    private static ImmutableArray<string> Dialled(ServiceState service)
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        var visited = 0;
        for (var edge = service.Incoming; edge is not null; edge = edge.NextIncoming)
        {
            for (var dependency = edge.Dependencies; dependency is not null && visited++ < MaxVisited; dependency = dependency.NextOnEdge)
            {
                found.Add(dependency.Endpoint.Key.Text(dependency.Details?.Path));
                if (found.Count == MaxListed)
                    return [.. found];
            }
        }

        if (found.Count == 0 && service.Unresolved is { Port: { } port } unresolved)
            found.Add(new EndpointKey(unresolved.Address, port, unresolved.Transport).Text(unresolved.Path));
        return [.. found];
    }

    private static ImmutableArray<string> Hosts(ServiceState service)
    {
        if (!service.IsProcess && service.Unresolved is { } unresolved && (unresolved.Address.IsLocalOnly || unresolved.Path is not null))
            return [unresolved.Hostname];
        return [.. service.Processes.Select(process => process.Run.Hostname).Distinct().Order(StringComparer.Ordinal).Take(MaxListed)];
    }

    /// <summary>The same whichever of its processes was described last.</summary>
    private static string? Namespace(ServiceState service) =>
        service.Processes.Select(static process => process.Observation?.Service.Namespace).OfType<string>().Min(StringComparer.Ordinal)
        ?? service.Identity.Namespace;

    private static ImmutableArray<NodeProcess> Processes(ServiceState service) =>
        [.. service.Processes
            .Where(process => process.Observation is not null)
            .OrderByDescending(process => process.IsAlive)
            .ThenBy(process => process.Run.Hostname, StringComparer.Ordinal)
            .ThenByDescending(process => process.Run.StartMicros)
            .ThenBy(process => process.Number)
            .Take(MaxProcesses)
            .Select(process => new NodeProcess(
                process.Observation!.Pid, process.Observation.Comm, process.Observation.Exe, process.Run.Hostname, process.IsAlive))];

    /// <summary>A server without a process is gone at once; a client that comes and goes is as active as its edges.</summary>
    private static string State(ServiceState service, in EdgeActivity activity)
    {
        if (!service.IsProcess)
            return activity.State ?? "gone";

        var isAlive = service.Processes.Exists(static process => process.IsAlive);
        var isServer = service.HasListened || activity.IsServer;
        if (!isAlive && (isServer || activity.State != "active"))
            return "gone";
        if (activity.State == "active")
            return "active";
        return service.IsListening ? "idle" : activity.State ?? "gone";
    }
}
