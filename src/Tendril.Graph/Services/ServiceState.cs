namespace Tendril.Graph;

/// <summary>An endpoint that naming turned into a service; apart, because most services have none.</summary>
internal sealed record UnresolvedName(NetAddress Address, ushort? Port, Transport Transport, ulong NetworkNamespace, string Hostname, string? Path)
{
    public static UnresolvedName Of(in UnresolvedEndpoint endpoint) =>
        new(endpoint.Address, endpoint.Port, endpoint.Transport, endpoint.NetworkNamespace, endpoint.Hostname, endpoint.Path);

    /// <summary>Of several the lowest is shown, whichever came first.</summary>
    public bool IsBefore(UnresolvedName other) =>
        (Address.High, Address.Low, Port ?? 0, Transport, NetworkNamespace)
            .CompareTo((other.Address.High, other.Address.Low, other.Port ?? 0, other.Transport, other.NetworkNamespace)) < 0;
}

/// <summary>A node in the making: all that has the same <see cref="ServiceIdentity.Id"/>.</summary>
internal sealed class ServiceState(ServiceIdentity identity) : IPublished
{
    public KeptRow Row;

    public ServiceIdentity Identity { get; set; } = identity;

    public string Id => Identity.Id;

    /// <summary>Stands for all that is beyond <see cref="GraphOptions.MaxEdges"/>.</summary>
    public bool IsOther => Identity.Id == ServiceTable.OtherId;

    /// <summary>Stands for many by some limit, which one whatever.</summary>
    public bool IsFold => Identity.Kind == ServiceTable.FoldKind;

    /// <summary>Stands for the addresses that one service calls, or is called from, beyond <see cref="GraphOptions.MaxAddressesPerService"/> or an agent's limit.</summary>
    public bool IsOthersOfService => IsFold && Identity.NamedBy == ServiceTable.AddressLimit;

    /// <summary>It, or what stands for several of its kind, has nothing but an address for a name.</summary>
    public bool IsBare => ServiceTable.IsBare(Identity) || Id == ServiceTable.OtherExternalId;

    /// <summary>Edges to, and from, what <see cref="IsBare"/>.</summary>
    public int AddressesCalled { get; set; }

    public int AddressesCalling { get; set; }

    /// <summary>A process was once said to belong to it: it is gone when none of them lives.</summary>
    public bool IsProcess { get; set; }

    public List<ProcessState> Processes { get; } = new(1);

    /// <summary>Heads of the lists of edges that begin and end here.</summary>
    public EdgeState? Outgoing { get; set; }

    public EdgeState? Incoming { get; set; }

    /// <summary>The lowest endpoint that naming turned into this service; null for one that has only processes.</summary>
    public UnresolvedName? Unresolved { get; set; }

    public bool IsQueued { get; set; }

    public bool IsListening { get; set; }

    /// <summary>Listened once, as far as is still known: it is a server even while it is down.</summary>
    public bool HasListened { get; set; }

    /// <summary>Listens, or did, on a port that is known for keeping data.</summary>
    public bool ListensForData { get; set; }

    /// <summary>When it stopped listening, in the graph's time; 0 while it listens and for one that never did.</summary>
    public long SilencedAt { get; set; }

    public int VisibleEdges { get; set; }

    public long FirstSeen { get; set; } = long.MaxValue;

    /// <summary>Position among the published nodes, -1 while it is not one.</summary>
    public int Slot { get; set; } = -1;

    public string Tier { get; set; } = "service";

    public bool InCycle { get; set; }

    public void Add(ProcessState process)
    {
        process.Service = this;
        process.ServiceSlot = Processes.Count;
        Processes.Add(process);
        process.Row.Touch();
        if (IsProcess)
            return;

        IsProcess = true;
        Row.Touch();
    }

    /// <summary>
    /// The last of its processes goes by another name now. It did not stop: nothing of it is kept for the sake of having listened.
    /// </summary>
    public void LoseName()
    {
        IsListening = false;
        SilencedAt = 0;
        Row.Touch();
    }

    public void Remove(ProcessState process)
    {
        var last = Processes[^1];
        Processes[process.ServiceSlot] = last;
        last.ServiceSlot = process.ServiceSlot;
        Processes.RemoveAt(Processes.Count - 1);
        process.Service = null;
    }
}
