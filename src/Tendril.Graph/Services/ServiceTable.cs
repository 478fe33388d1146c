namespace Tendril.Graph;

/// <summary>The services by id, and those that need another look before the next publication.</summary>
internal sealed class ServiceTable(Func<UnresolvedEndpoint, ServiceIdentity> nameUnresolved)
{
    public const string OtherId = "other";

    private readonly Dictionary<string, ServiceState> _services = [];

    public List<ServiceState> Queue { get; } = [];

    /// <summary>Tier, kind or visibility of a service changed: the analysis is no longer true.</summary>
    public bool TopologyChanged { get; set; }

    /// <summary>The service of a process, as it was described just now.</summary>
    public ServiceState ForProcess(ServiceIdentity identity)
    {
        var service = GetOrAdd(identity);
        if (!SameIdentity(service.Identity, identity))
            Redefine(service, identity);
        return service;
    }

    /// <summary>The service that naming finds for an endpoint nobody is known to listen on.</summary>
    public ServiceState ForUnresolved(in UnresolvedEndpoint endpoint)
    {
        var service = GetOrAdd(nameUnresolved(endpoint));
        var name = UnresolvedName.Of(endpoint);
        if (service.Unresolved is null || name.IsBefore(service.Unresolved))
        {
            service.Unresolved = name;
            Enqueue(service);
        }

        return service;
    }

    /// <summary>What the processes of a host belong to until they are described.</summary>
    public ServiceState ForUnknownProcess(HostState host) => GetOrAdd(new ServiceIdentity(
        $"unknown@{host.HostId}", $"unknown process on {host.Hostname}", "process", null, "unknown process"));

    /// <summary>The node that what is beyond <see cref="GraphOptions.MaxEdges"/> is folded into.</summary>
    public ServiceState Other() => GetOrAdd(new ServiceIdentity(OtherId, "other", "other", null, "edge limit"));

    public void Enqueue(ServiceState service)
    {
        if (service.IsQueued)
            return;

        service.IsQueued = true;
        Queue.Add(service);
    }

    public void Remove(ServiceState service) => _services.Remove(service.Id);

    private ServiceState GetOrAdd(ServiceIdentity identity)
    {
        if (!_services.TryGetValue(identity.Id, out var service))
        {
            _services.Add(identity.Id, service = new ServiceState(identity));
            Enqueue(service);
        }

        return service;
    }

    private void Redefine(ServiceState service, ServiceIdentity identity)
    {
        var hiddenChanged = service.Identity.Hidden != identity.Hidden;
        service.Identity = identity;
        TopologyChanged = true;
        Enqueue(service);
        if (!hiddenChanged)
            return;

        for (var edge = service.Outgoing; edge is not null; edge = edge.NextOutgoing)
            edge.Table.Enqueue(edge);
        for (var edge = service.Incoming; edge is not null; edge = edge.NextIncoming)
            edge.Table.Enqueue(edge);
    }

    private static bool SameIdentity(ServiceIdentity one, ServiceIdentity other) =>
        ReferenceEquals(one, other)
        || (one with { Tags = other.Tags } == other
            && one.Tags.Count == other.Tags.Count
            && one.Tags.All(tag => other.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value));
}
