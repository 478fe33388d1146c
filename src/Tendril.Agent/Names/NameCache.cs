using Tendril.Agent.Capture;

namespace Tendril.Agent.Names;

/// <summary>A name that an address is known by, and where it was seen.</summary>
internal readonly record struct AddressName(string Name, Protocol.NameSource Source);

/// <summary>
/// What outside addresses are called: by the process that asked, else by anybody in the same network namespace. Bounded; a name
/// lives as long as its DNS answer says, within limits, as programs go on using an address after that. Owned by the capture loop's thread.
/// </summary>
internal sealed class NameCache(int capacity = NameCache.DefaultCapacity)
{
    public const int DefaultCapacity = 8192;

    private const ulong LeastUs = 300_000_000;
    private const ulong MostUs = 86_400_000_000;

    private readonly Dictionary<Key, Entry> _entries = [];

    /// <summary>Names that were dropped before their time because there were too many, cumulative.</summary>
    public ulong Dropped { get; private set; }

    public int Count => _entries.Count;

    /// <summary>Takes a DNS answer or TLS hello as the kernel handed it over.</summary>
    /// <returns>True when it told of a name.</returns>
    public bool Learn(in NamePayload header, ReadOnlySpan<byte> payload, ulong nowUs)
    {
        ulong networkNamespace = header.NetnsCookie;
        uint pid = header.Pid;
        if (header.Kind == Capture.Name.Tls)
        {
            return TlsHello.ReadServerName(payload) is { } server
                && Add(networkNamespace, pid, header.ServerAddress, new AddressName(server, Protocol.NameSource.Tls), nowUs + LeastUs, nowUs);
        }

        return header.Kind == Capture.Name.Dns && DnsAnswer.Read(payload, (string name, in Address address, uint seconds) =>
            Add(networkNamespace, pid, address, new AddressName(name, Protocol.NameSource.Dns), nowUs + Math.Clamp(seconds * 1_000_000UL, LeastUs, MostUs), nowUs)) > 0;
    }

    /// <summary>The name under which a process most likely knows an address; null when none was seen.</summary>
    public AddressName? Find(ulong networkNamespace, uint pid, in Address address, ulong nowUs)
    {
        foreach (uint asker in (ReadOnlySpan<uint>)[pid, 0])
        {
            if (_entries.TryGetValue(new Key(networkNamespace, asker, address), out var entry) && entry.ExpiresUs >= nowUs)
            {
                return entry.Name;
            }
        }

        return null;
    }

    private bool Add(ulong networkNamespace, uint pid, in Address address, in AddressName name, ulong expiresUs, ulong nowUs)
    {
        // Pid 0 stands for anybody in the namespace.
        Set(new Key(networkNamespace, 0, address), name, expiresUs, nowUs);
        if (pid != 0)
        {
            Set(new Key(networkNamespace, pid, address), name, expiresUs, nowUs);
        }

        return true;
    }

    private void Set(in Key key, in AddressName name, ulong expiresUs, ulong nowUs)
    {
        if (_entries.TryGetValue(key, out var known))
        {
            // What DNS said is what the program asked for; a hello does not replace it.
            if (known.ExpiresUs >= nowUs && known.Name.Source == Protocol.NameSource.Dns && name.Source == Protocol.NameSource.Tls)
            {
                return;
            }
        }
        else if (_entries.Count >= capacity)
        {
            MakeRoom(nowUs);
        }

        _entries[key] = new Entry(name, expiresUs);
    }

    // The expired ones, and if that is not enough, those that expire first: an eighth, so that it is seldom done.
    private void MakeRoom(ulong nowUs)
    {
        int wanted = Math.Max(capacity / 8, 1);
        foreach (var (key, entry) in _entries.OrderBy(pair => pair.Value.ExpiresUs).Take(wanted).ToList())
        {
            _entries.Remove(key);
            Dropped += entry.ExpiresUs >= nowUs ? 1UL : 0;
        }
    }

    private readonly record struct Key(ulong NetworkNamespace, uint Pid, Address Address);

    private readonly record struct Entry(AddressName Name, ulong ExpiresUs);
}
