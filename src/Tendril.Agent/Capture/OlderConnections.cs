using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>
/// Stands in for the iterators on kernels without them, or where they can have no end reported (before 6.9): finds connections and listeners that are older than the hooks by sock_diag and /proc,
/// and follows those connections from here, as no hook reports their bytes and end. Who serves is told by who listens, never by which port is smaller.
/// </summary>
/// <param name="core">The attached programs: listeners go into their map, so that accepted connections have a process.</param>
/// <param name="isFollowed">Whether the programs have a record of a socket's cookie.</param>
/// <param name="isInScope">Whether a cgroup's sockets are watched.</param>
internal sealed class OlderConnections(KernelPrograms core, Func<ulong, bool> isFollowed, Func<ulong, bool> isInScope)
{
    private const byte Tcp = 6, Established = 1, ClosedByPeer = 8, Listening = 10;
    private const uint OpenStates = SocketDiagnostics.Established | SocketDiagnostics.ClosedByPeer | SocketDiagnostics.Listening;

    // Established, both FIN_WAITs, CLOSE_WAIT, LAST_ACK, LISTEN, CLOSING: until these are left a connection is not over.
    private const uint LivingStates = (1 << 1) | (1 << 4) | (1 << 5) | (1 << 8) | (1 << 9) | (1 << 10) | (1 << 11);

    private readonly BpfMap<ServiceKey, ServiceOwner> _listeners = core.Object.Map<ServiceKey, ServiceOwner>("service_map");
    private readonly Identity.ProcReader _processes = new();
    private readonly Dictionary<ulong, Followed> _followed = [];
    private readonly Dictionary<ServiceKey, ulong> _olderListeners = [];
    private readonly Dictionary<DependencyKey, DependencyCounters> _counters = [];

    /// <summary>What was counted here, by key; a kernel's counters of the same key are beside these.</summary>
    public IReadOnlyDictionary<DependencyKey, DependencyCounters> Counters => _counters;

    /// <summary>Adds what was counted here under a key.</summary>
    public void AddTo(in DependencyKey key, ref DependencyCounters counters)
    {
        if (!_counters.TryGetValue(key, out var older))
        {
            return;
        }

        counters.Opened += older.Opened;
        counters.Closed += older.Closed;
        counters.Adopted += older.Adopted;
        counters.BytesSent += older.BytesSent;
        counters.BytesReceived += older.BytesReceived;
        counters.Retransmits += older.Retransmits;
    }

    /// <summary>Whether a connection is followed from here.</summary>
    public bool Follows(ulong cookie) => _followed.ContainsKey(cookie);

    /// <summary>The key will not count again.</summary>
    public void Forget(in DependencyKey key) => _counters.Remove(key);

    /// <summary>Takes in what is open and not followed.</summary>
    /// <returns>How many connections were adopted, and how many had no process that could be told.</returns>
    public (uint Adopted, uint Unowned) Adopt()
    {
        var sockets = DumpAll(OpenStates);
        var holders = SocketInodes.Holders();
        foreach (var socket in sockets.Where(socket => socket.State == Listening))
        {
            AdoptListener(socket, holders);
        }

        uint adopted = 0, unowned = 0;
        foreach (var socket in sockets.Where(socket => socket.State is Established or ClosedByPeer))
        {
            if (_followed.ContainsKey(socket.Cookie) || isFollowed(socket.Cookie))
            {
                continue;
            }

            if (KeyOf(socket, holders) is not { } found)
            {
                unowned++;
            }
            else if (found.Key.Pid != core.Config.SelfPid || core.Config.SelfPid == 0)
            {
                Follow(socket, found.Key, found.Comm, found.CgroupId);
                adopted++;
            }
        }

        return (adopted, unowned);
    }

    /// <summary>Adds what they carried, and counts those that have ended.</summary>
    public void Update()
    {
        if (_followed.Count == 0 && _olderListeners.Count == 0)
        {
            return;
        }

        var living = DumpAll(LivingStates).ToDictionary(socket => socket.Cookie);
        foreach (var (cookie, followed) in _followed)
        {
            ref var counters = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counters, followed.Key, out _);
            if (living.TryGetValue(cookie, out var socket))
            {
                Count(ref counters, followed.Last, socket);
                followed.Last = socket;
            }
            else
            {
                counters.Closed++;
                _followed.Remove(cookie);
            }
        }

        foreach (var (key, cookie) in _olderListeners)
        {
            if (living.ContainsKey(cookie))
            {
                continue;
            }

            _olderListeners.Remove(key);
            if (_listeners.TryGet(key, out var owner) && owner.Cookie == cookie)
            {
                _listeners.Remove(key);
            }
        }
    }

    /// <summary>A process that holds each of these listening sockets; who accepts is not looked for.</summary>
    public Dictionary<ulong, ListenerHolders> Holders(IReadOnlyCollection<ulong> cookies)
    {
        var pids = SocketInodes.Holders();
        var found = new Dictionary<ulong, ListenerHolders>();
        foreach (var socket in DumpAll(SocketDiagnostics.Listening))
        {
            if (!cookies.Contains(socket.Cookie) || !pids.TryGetValue(socket.Inode, out uint pid))
            {
                continue;
            }

            var holders = new ListenerHolders { Count = 1 };
            holders.Holders[0] = new SocketOwner { CgroupId = socket.CgroupId, Pid = pid, Start = StartOf(pid), Comm = CommOf(pid) };
            found[socket.Cookie] = holders;
        }

        return found;
    }

    private void AdoptListener(in DiagnosedSocket socket, Dictionary<uint, uint> holders)
    {
        var key = new ServiceKey { NetnsCookie = socket.NetworkNamespace, Address = socket.Local, Port = socket.LocalPort, Transport = Tcp };
        if (_listeners.TryGet(key, out _) || !holders.TryGetValue(socket.Inode, out uint pid))
        {
            return;
        }

        var owner = new ServiceOwner { Cookie = socket.Cookie, CgroupId = socket.CgroupId, Pid = pid, Start = StartOf(pid), Sockets = 1, Comm = CommOf(pid) };
        if (_listeners.TrySet(key, owner))
        {
            _olderListeners[key] = socket.Cookie;
        }
    }

    private (DependencyKey Key, Comm Comm, ulong CgroupId)? KeyOf(DiagnosedSocket socket, Dictionary<uint, uint> holders)
    {
        var key = new DependencyKey { NetnsCookie = socket.NetworkNamespace, Transport = Tcp };
        if (FindOwner(socket) is { } owner)
        {
            key.Role = Role.Server;
            (key.ServerAddress, key.ServerPort, key.PeerAddress) = (socket.Local, socket.LocalPort, socket.Remote);
            (key.Pid, key.Start) = (owner.Pid, owner.Start);
            return (key, owner.Comm, owner.CgroupId);
        }

        if (!holders.TryGetValue(socket.Inode, out uint pid))
        {
            return null;
        }

        key.Role = Role.Client;
        (key.ServerAddress, key.ServerPort, key.Pid, key.Start) = (socket.Remote, socket.RemotePort, pid, StartOf(pid));
        return (key, CommOf(pid), socket.CgroupId);
    }

    // The order the kernel prefers them in: exactly this address, any IPv4 address, any address.
    private ServiceOwner? FindOwner(in DiagnosedSocket socket)
    {
        var anyIPv4 = Address.FromBytes([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0]);
        foreach (var address in (ReadOnlySpan<Address>)[socket.Local, anyIPv4, default])
        {
            if (_listeners.TryGet(new ServiceKey { NetnsCookie = socket.NetworkNamespace, Address = address, Port = socket.LocalPort, Transport = Tcp }, out var owner))
            {
                return owner;
            }
        }

        return null;
    }

    private void Follow(in DiagnosedSocket socket, in DependencyKey key, in Comm comm, ulong cgroupId)
    {
        ref var counters = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_counters, key, out bool known);
        if (!known)
        {
            (counters.Comm, counters.CgroupId) = (comm, cgroupId);
        }

        // Counted from now on: what it carried before is not known to be this period's.
        counters.Opened++;
        counters.Adopted++;
        _followed.Add(socket.Cookie, new Followed(key) { Last = socket });
    }

    private static void Count(ref DependencyCounters counters, in DiagnosedSocket before, in DiagnosedSocket now)
    {
        // A FIN counts as a byte in the kernel's own figures: what ends adds none here.
        bool ends = now.State != Established;
        counters.BytesSent += ends && now.BytesAcked - before.BytesAcked == 1 ? 0 : now.BytesAcked - before.BytesAcked;
        counters.BytesReceived += ends && now.BytesReceived - before.BytesReceived == 1 ? 0 : now.BytesReceived - before.BytesReceived;
        counters.Retransmits += now.Retransmits - before.Retransmits;
    }

    private List<DiagnosedSocket> DumpAll(uint states)
    {
        var all = new List<DiagnosedSocket>();
        foreach (var path in NetworkNamespaces.Paths())
        {
            NetworkNamespaces.Run(path, () => all.AddRange(SocketDiagnostics.Dump(states, core.Config.NamespaceSource).Where(socket => socket.CgroupId == 0 || isInScope(socket.CgroupId))));
        }

        return all;
    }

    // As the programs have it, which have none on a kernel without BTF.
    private uint StartOf(uint pid) => core.Config.LeaderOffset != 0 && _processes.TryReadStat(pid, out var stat) ? stat.Start : 0;

    private static Comm CommOf(uint pid)
    {
        Comm comm = default;
        Span<byte> bytes = comm;
        try
        {
            var name = File.ReadAllBytes($"/proc/{pid}/comm").AsSpan();
            name[..Math.Min(name.Length, Comm.Length - 1)].TrimEnd((byte)'\n').CopyTo(bytes);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Gone since: it stays nameless.
        }

        return comm;
    }

    private sealed class Followed(DependencyKey key)
    {
        public DependencyKey Key { get; } = key;

        public DiagnosedSocket Last { get; set; }
    }
}
