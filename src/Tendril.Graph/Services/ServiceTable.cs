namespace Tendril.Graph;

/// <summary>The services by id, and those that need another look before the next publication.</summary>
internal sealed class ServiceTable(Func<UnresolvedEndpoint, ServiceIdentity> nameUnresolved, int maxExternal, ForgottenRows forgotten)
{
    public const string OtherId = "other";

    public const string OtherExternalId = "other-external";

    /// <summary>The kind of what stands for many.</summary>
    public const string FoldKind = "other";

    public const string AddressLimit = "limit of addresses";

    /// <summary>Folded addresses that are told apart to count them.</summary>
    private const int MaxFoldedCounted = 65_536;

    private readonly Dictionary<string, ServiceState> _services = [];
    private readonly HashSet<NetAddress> _folded = [];

    public List<ServiceState> Queue { get; } = [];

    public ForgottenRows Forgotten => forgotten;

    public IEnumerable<ServiceState> All => _services.Values;

    /// <summary>Tier, kind or visibility of a service changed: the analysis is no longer true.</summary>
    public bool TopologyChanged { get; set; }

    /// <summary>Nodes of outside addresses without a name.</summary>
    public int ExternalCount { get; private set; }

    public int FoldedAddresses => _folded.Count;

    /// <summary>The service of a process, as it was described just now.</summary>
    public ServiceState ForProcess(ServiceIdentity identity)
    {
        var service = GetOrAdd(identity);
        if (!SameIdentity(service.Identity, identity))
            Redefine(service, identity);
        return service;
    }

    /// <summary>One that was kept.</summary>
    public ServiceState Restore(ServiceIdentity identity) => GetOrAdd(identity);

    /// <summary>
    /// The service that naming finds for an endpoint nobody is known to listen on. Null if it would be a new one with nothing but an address for
    /// a name and <paramref name="mayAddBare"/> is false.
    /// </summary>
    public ServiceState? ForUnresolved(in UnresolvedEndpoint endpoint, bool mayAddBare)
    {
        var identity = nameUnresolved(endpoint);
        if (!mayAddBare && IsBare(identity) && !_services.ContainsKey(identity.Id))
            return null;
        if (ExternalCount >= maxExternal && IsBareExternal(identity) && !_services.ContainsKey(identity.Id))
            return OtherExternal(endpoint.Address);

        var service = GetOrAdd(identity);
        var name = UnresolvedName.Of(endpoint);
        if (service.Unresolved is null || name.IsBefore(service.Unresolved))
        {
            service.Unresolved = name;
            service.Row.Touch();
            Enqueue(service);
        }

        return service;
    }

    /// <summary>What the processes of a host belong to until they are described.</summary>
    public ServiceState ForUnknownProcess(HostState host) => GetOrAdd(ServiceIdentity.UnknownProcess(host.HostId, host.Hostname));

    /// <summary>The node that what is beyond <see cref="GraphOptions.MaxEdges"/> is folded into.</summary>
    public ServiceState Other() => GetOrAdd(new ServiceIdentity(OtherId, "other", FoldKind, null, "edge limit"));

    /// <summary>The node of all that a service calls and has no place of its own: one for each, as a shared one would join strangers.</summary>
    public ServiceState OthersCalledBy(ServiceState client) =>
        GetOrAdd(new ServiceIdentity($"other/{client.Id}", "other addresses", FoldKind, "external", AddressLimit));

    /// <summary>The same of all that calls a service.</summary>
    public ServiceState OthersCalling(ServiceState server) =>
        GetOrAdd(new ServiceIdentity($"other-clients/{server.Id}", "other clients", FoldKind, "external", AddressLimit));

    /// <summary>Of the service that has most edges to, or from, bare addresses.</summary>
    public int MostAddresses()
    {
        var most = 0;
        foreach (var service in _services.Values)
            most = Math.Max(most, Math.Max(service.AddressesCalled, service.AddressesCalling));
        return most;
    }

    public void Enqueue(ServiceState service)
    {
        if (service.IsQueued)
            return;

        service.IsQueued = true;
        Queue.Add(service);
    }

    /// <summary>Forgets a service, and not another one that came to have its id since: deadlines may look at one that left long ago.</summary>
    public void Remove(ServiceState service)
    {
        if (!_services.TryGetValue(service.Id, out var present) || !ReferenceEquals(present, service))
            return;

        _services.Remove(service.Id);
        forgotten.Add(RowKind.Service, service.Row);
        if (IsBareExternal(service.Identity))
            ExternalCount--;
    }

    /// <summary>What has nothing but its address for a name, and so might be one of millions.</summary>
    public static bool IsBare(ServiceIdentity identity) => identity is { Kind: "external" or "address", NamedBy: "address" };

    private static bool IsBareExternal(ServiceIdentity identity) => identity is { Kind: "external", NamedBy: "address" };

    private ServiceState OtherExternal(NetAddress address)
    {
        if (_folded.Count < MaxFoldedCounted)
            _folded.Add(address);
        return GetOrAdd(new ServiceIdentity(OtherExternalId, "other external addresses", FoldKind, "external", "limit of external addresses"));
    }

    private ServiceState GetOrAdd(ServiceIdentity identity)
    {
        if (!_services.TryGetValue(identity.Id, out var service))
        {
            _services.Add(identity.Id, service = new ServiceState(identity));
            if (IsBareExternal(identity))
                ExternalCount++;
            Enqueue(service);
        }

        return service;
    }

    private void Redefine(ServiceState service, ServiceIdentity identity)
    {
        var hiddenChanged = service.Identity.Hidden != identity.Hidden;
        ExternalCount += (IsBareExternal(identity) ? 1 : 0) - (IsBareExternal(service.Identity) ? 1 : 0);
        service.Identity = identity;
        service.Row.Touch();
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
