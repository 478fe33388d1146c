using System.Runtime.InteropServices;

namespace Tendril.Graph;

/// <summary>Where in the world an address is local. Private addresses may be local in many places.</summary>
internal sealed class AddressOwners
{
    private readonly Dictionary<NetAddress, List<Place>> _places = [];

    /// <summary>Addresses that gained or lost a place since the last publication: what depends on them is looked at again.</summary>
    public HashSet<NetAddress> Changed { get; } = [];

    public ReadOnlySpan<Place> Of(NetAddress address) =>
        _places.TryGetValue(address, out var places) ? CollectionsMarshal.AsSpan(places) : [];

    public void Add(NetAddress address, Place place)
    {
        ref var places = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, address, out _);
        (places ??= new List<Place>(1)).Add(place);
        Changed.Add(address);
    }

    public void Remove(NetAddress address, Place place)
    {
        if (!_places.TryGetValue(address, out var places))
            return;

        places.Remove(place);
        if (places.Count == 0)
            _places.Remove(address);
        Changed.Add(address);
    }
}
