using System.Buffers.Binary;
using System.Text;
using Tendril.Agent.Identity;
using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>
/// The object bpf/unix.bpf.c, attached to cgroup/connect_unix (kernel 6.7), and what its counters mean: the kernel has a digest of the text that
/// a program dialled, which is a path of that program's own file system. Here it becomes the listening socket's endpoint.
/// </summary>
internal sealed class UnixSockets : IDisposable
{
    /// <summary>The hook.</summary>
    public const string CapabilityName = "cgroup/connect_unix";

    /// <summary>What is lost without it.</summary>
    public const string Cost = "dependencies over Unix sockets are not seen";

    /// <summary>Why it cannot work where the kernel's memory may not be copied.</summary>
    public const string NoCopies = "this kernel lets nobody copy its memory (lockdown=confidentiality)";

    /// <summary>The transport's number in keys.</summary>
    public const byte Transport = 1;

    private const int AttachType = 49; // BPF_CGROUP_UNIX_CONNECT, which libbpf 1.1 has no name for
    private const int MaxResolved = 16_384;
    private const ulong RefreshNs = 5_000_000_000;
    private const ulong EagerNs = 50_000_000;
    private const int EagerTries = 3;
    private readonly BpfMap<UnixDigest, UnixPath> _paths;
    private readonly SocketSnapshot _snapshot;
    private readonly Dictionary<DependencyKey, Address> _resolved = [];
    private readonly Dictionary<DependencyKey, int> _tries = [];
    private readonly Dictionary<(uint Device, ulong Inode), UnixListener> _byFile = [];
    private readonly Dictionary<string, List<UnixListener>> _byName = [];
    private readonly Dictionary<Address, UnixListener> _used = [];
    private BpfLink? _link;
    private ulong _refreshedNs;

    private UnixSockets(BpfObject loaded, SocketSnapshot snapshot)
    {
        (Object, _snapshot) = (loaded, snapshot);
        _paths = loaded.Map<UnixDigest, UnixPath>("unix_path_map");
    }

    public BpfObject Object { get; }

    /// <param name="core">The attached core, whose counters it adds to.</param>
    /// <param name="snapshot">Tells who listens; without it nothing could be told of these connects.</param>
    /// <param name="cgroupDirectory">The directory to attach to.</param>
    /// <exception cref="BpfException">This kernel cannot.</exception>
    /// <exception cref="IOException">The cgroup directory cannot be opened.</exception>
    public static UnixSockets Attach(KernelPrograms core, SocketSnapshot snapshot, string cgroupDirectory)
    {
        const string Program = "unix_connect_tracker";
        var opened = core.OpenBeside("unix");
        try
        {
            opened.SetAttachType(Program, AttachType);
            opened.Load();
            var sockets = new UnixSockets(opened, snapshot);
            using var directory = KernelPrograms.OpenDirectory(cgroupDirectory);
            sockets._link = opened.AttachToCgroup(Program, directory);
            return sockets;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Looks who listens where, if that was long ago.</summary>
    /// <param name="everyNs">Nanoseconds that a look is good for.</param>
    public void Refresh(ulong everyNs)
    {
        ulong now = MonotonicClock.Nanoseconds();
        if (_resolved.Count == 0 && everyNs >= RefreshNs)
        {
            return;
        }

        if (now - _refreshedNs < everyNs)
        {
            return;
        }

        _refreshedNs = now;
        _byFile.Clear();
        _byName.Clear();
        foreach (var listener in _snapshot.UnixListeners())
        {
            if (listener.Inode != 0)
            {
                _byFile[(listener.Device, listener.Inode)] = listener;
            }

            var name = listener.Name.ToString();
            (_byName.TryGetValue(name, out var same) ? same : _byName[name] = []).Add(listener);
        }

        RefreshUsed();
    }

    /// <summary>The endpoint that a kernel key's connects went to, and who listens; null while nobody is known to listen there.</summary>
    /// <returns>New: it is the first key of this endpoint, which <see cref="Listeners"/> did not have until now.</returns>
    public (Address Endpoint, UnixListener Listener, bool IsNew)? Resolve(in DependencyKey key)
    {
        if (_resolved.TryGetValue(key, out var endpoint))
        {
            return (endpoint, _used[endpoint], false);
        }

        if (!_paths.TryGet(new UnixDigest { First = key.ServerAddress.First, Second = key.ServerAddress.Second }, out var dialled))
        {
            return null;
        }

        // A new key is worth a look or two at once; what nobody listens on (C libraries try nscd's socket) can wait.
        ref int tries = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_tries, key, out _);
        Refresh(tries++ < EagerTries ? EagerNs : RefreshNs);
        if (Find(key, dialled) is not { } listener)
        {
            return null;
        }

        if (_resolved.Count >= MaxResolved)
        {
            _resolved.Clear();
            _used.Clear();
            _tries.Clear();
        }

        endpoint = EndpointOf(listener);
        _resolved.Add(key, endpoint);
        bool isNew = !_used.ContainsKey(endpoint);
        _used[endpoint] = listener;
        return (endpoint, listener, isNew);
    }

    /// <summary>It was looked for often enough to say that nobody listens there.</summary>
    public bool IsHopeless(in DependencyKey key) => _tries.GetValueOrDefault(key) > EagerTries;

    /// <summary>The kernel's key is no longer there.</summary>
    public void Forget(in DependencyKey key)
    {
        _resolved.Remove(key);
        _tries.Remove(key);
    }

    /// <summary>The listening sockets that somebody connects to, as they were at the last look; closed ones are not among them.</summary>
    public IEnumerable<(Address Endpoint, UnixListener Listener)> Listeners => _used.Where(pair => pair.Value.Pid != 0).Select(pair => (pair.Key, pair.Value));

    public void Dispose()
    {
        _link?.Dispose();
        Object.Dispose();
    }

    // A path means what it means to the program that dialled it; the file it leads to is the same for everybody.
    private UnixListener? Find(in DependencyKey key, in UnixPath dialled)
    {
        var name = dialled.ToString();
        var listeners = _byName.GetValueOrDefault(name);
        if (name.StartsWith('@'))
        {
            ulong networkNamespace = key.NetnsCookie;
            return listeners?.Where(listener => listener.NetnsCookie == networkNamespace).Cast<UnixListener?>().FirstOrDefault();
        }

        var seen = name.StartsWith('/') ? $"/proc/{key.Pid}/root{name}" : $"/proc/{key.Pid}/cwd/{name}";
        if (Libc.TryIdentify(seen, out uint device, out ulong inode) || Libc.TryIdentify(name, out device, out inode))
        {
            if (_byFile.TryGetValue((device, inode), out var listener))
            {
                return listener;
            }
        }

        // On some file systems (overlayfs) the number that a program sees is not the kernel's: the name decides where it is the only one.
        return listeners is [var only] ? only : null;
    }

    // The same path on the same file system is the same endpoint, also when another file is there after a restart.
    private static Address EndpointOf(in UnixListener listener)
    {
        var name = listener.Name.ToString();
        Span<byte> text = stackalloc byte[8 + Encoding.UTF8.GetMaxByteCount(PathBytes.Length + 1)];
        BinaryPrimitives.WriteUInt64LittleEndian(text, listener.Inode != 0 ? listener.Device : listener.NetnsCookie);
        int length = 8 + Encoding.UTF8.GetBytes(name, text[8..]);
        Span<byte> hash = stackalloc byte[Sha256.HashBytes];
        Sha256.Hash(text[..length], hash);
        // Its first bit keeps it apart from every address that means something to IP: any, loopback, mapped IPv4.
        hash[0] |= 0x80;
        return Address.FromBytes(hash);
    }

    private void RefreshUsed()
    {
        var present = new Dictionary<Address, UnixListener>();
        foreach (var listener in _byName.Values.SelectMany(same => same))
        {
            var endpoint = EndpointOf(listener);
            if (_used.ContainsKey(endpoint))
            {
                present[endpoint] = listener;
            }
        }

        foreach (var endpoint in _used.Keys.ToList())
        {
            // Its name is still needed by the dependencies on it.
            _used[endpoint] = present.TryGetValue(endpoint, out var listener) ? listener : _used[endpoint] with { Pid = 0 };
        }
    }
}
