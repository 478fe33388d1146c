using System.Runtime.InteropServices;

namespace Tendril.Graph;

/// <summary>A network namespace of a host: where an address has its meaning.</summary>
internal sealed class Place(HostState host, ulong number, AddressOwners owners)
{
    /// <summary>More local addresses than this in one namespace are not told apart from strangers.</summary>
    private const int MaxSeen = 256;

    public KeptRow Row;

    /// <summary>How many things say that an address is local here: it is known as long as one of them is kept.</summary>
    private readonly Dictionary<NetAddress, int> _known = [];

    /// <summary>Addresses that connections were seen to come from; few, and forgotten with the last dependency.</summary>
    private HashSet<NetAddress>? _seen;

    public HostState Host { get; } = host;

    /// <summary>The namespace's cookie, 0 for the host's own.</summary>
    public ulong Number { get; } = number;

    public Dictionary<EndpointKey, ListenerState> Listeners { get; } = [];

    public int DependencyCount { get; set; }

    /// <summary>What joined handshakes proved of connections from and to here.</summary>
    public int LinkCount { get; set; }

    /// <summary>Connections told of it what nothing else does: most places have no row.</summary>
    public bool HasTold { get; private set; }

    /// <summary>Addresses that nothing but connections from here told of.</summary>
    public IReadOnlyCollection<NetAddress> Seen => _seen ?? [];

    public bool IsUnused => DependencyCount == 0 && Listeners.Count == 0 && LinkCount == 0;

    public bool IsEmpty => IsUnused && _known.Count == 0;

    public bool Knows(NetAddress address) => _known.ContainsKey(address);

    /// <summary>Something was seen at this address here. Loopback and wildcards are local everywhere and say nothing.</summary>
    public void Learn(NetAddress address)
    {
        if (address.IsLocalOnly || address.IsOthers)
            return;

        ref var evidence = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, address, out _);
        if (++evidence == 1)
            owners.Add(address, this);
    }

    /// <summary>The address of an endpoint that was seen here. A Unix socket has none that others could mean.</summary>
    public void Learn(in EndpointKey endpoint)
    {
        if (!endpoint.IsLocalOnly)
            Learn(endpoint.Address);
    }

    /// <summary>A connection from here had this local address.</summary>
    public void See(NetAddress address)
    {
        _seen ??= [];
        if (_seen.Count >= MaxSeen || !_seen.Add(address))
            return;

        Learn(address);
        Tell();
    }

    public void ForgetSeen()
    {
        if (_seen is null)
            return;

        foreach (var address in _seen)
            Forget(address);
        _seen = null;
        Tell();
    }

    /// <summary>What connections told of it changed.</summary>
    public void Tell()
    {
        HasTold = true;
        Row.Touch();
    }

    /// <summary>Takes back one <see cref="Learn(in EndpointKey)"/>.</summary>
    public void Forget(in EndpointKey endpoint)
    {
        if (!endpoint.IsLocalOnly)
            Forget(endpoint.Address);
    }

    /// <summary>Takes back one <see cref="Learn(NetAddress)"/>.</summary>
    public void Forget(NetAddress address)
    {
        ref var evidence = ref CollectionsMarshal.GetValueRefOrNullRef(_known, address);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref evidence) || --evidence > 0)
            return;

        _known.Remove(address);
        owners.Remove(address, this);
    }
}
