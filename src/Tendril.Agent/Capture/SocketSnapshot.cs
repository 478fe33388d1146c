using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>
/// The iterators (bpf/sockets.bpf.c): find the sockets that existed before the hooks were attached, and bring the bytes of those open
/// connections up to date that are not found by their addresses (<see cref="OpenConnections"/>). Needs BTF and a kernel from 6.1; without them the agent sees what begins after its start.
/// </summary>
internal sealed class SocketSnapshot : IDisposable
{
    /// <summary>The programs: who holds each socket, and the visit of all sockets.</summary>
    public static readonly string[] Programs = ["find_socket_owners", "visit_sockets"];

    /// <summary>What is lost without it.</summary>
    public const string Cost = "connections and listeners from before the agent's start are found in /proc";

    private const int UpdatesBetweenLists = 12;

    private readonly BpfLink _owners;
    private readonly BpfLink _sockets;
    private readonly BpfMap<ulong, SocketOwner> _ownerMap;
    private readonly BpfMapBuffer<ulong, SocketOwner> _ownerBuffer = new();
    private readonly BpfMap<ulong, ListenerHolders> _listenerMap;
    private readonly BpfMapBuffer<ulong, ListenerHolders> _listenerBuffer = new();
    private readonly BpfMap<ulong, UnixListener> _unixListenerMap;
    private readonly BpfMapBuffer<ulong, UnixListener> _unixBuffer = new();
    private readonly string? _scope;
    private List<string> _namespaces = [];
    private int _updates;

    private SocketSnapshot(BpfObject loaded, string? scope)
    {
        Object = loaded;
        _scope = scope;
        _owners = loaded.AttachIterator(Programs[0]);
        _sockets = loaded.AttachIterator(Programs[1]);
        _ownerMap = loaded.Map<ulong, SocketOwner>("owner_map");
        _listenerMap = loaded.Map<ulong, ListenerHolders>("listener_map");
        _unixListenerMap = loaded.Map<ulong, UnixListener>("unix_listener_map");
    }

    public BpfObject Object { get; }

    /// <param name="core">The attached programs, whose maps it fills.</param>
    /// <param name="datagrams">The programs that count UDP, if they are attached: older sockets are theirs too.</param>
    /// <param name="scope">The cgroup directory that is watched; null for the whole host.</param>
    /// <exception cref="BpfException">This kernel cannot: no BTF, or too old.</exception>
    public static SocketSnapshot Load(KernelPrograms core, DatagramPrograms? datagrams, string? scope)
    {
        var opened = core.OpenBeside("sockets");
        try
        {
            if (datagrams is not null)
            {
                opened.ShareMap("datagram_socket_map", datagrams.Object);
            }

            opened.Load();
            var snapshot = new SocketSnapshot(opened, scope);
            snapshot.Visit.AttachedNs = core.AttachedNs;
            snapshot.Visit.Scoped = scope is null ? 0u : 1u;
            return snapshot;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private ref Visit Visit => ref Object.Globals<Visit>(".bss");

    /// <summary>Adopts connections that are not known yet, and on the first call listening sockets too.</summary>
    /// <returns>How many connections were adopted, how many had no process that could be told, and how many, listening sockets included, were left alone as they would not report their end.</returns>
    public (uint Adopted, uint Unowned, uint Unfollowed) Adopt(bool listeners)
    {
        FindOwners();
        ref var visit = ref Visit;
        visit.Adopted = visit.Unowned = visit.Unfollowed = visit.Visited = 0;
        _namespaces = NetworkNamespaces.Paths();
        if (listeners)
        {
            VisitAll(VisitMode.Listeners);
            visit.Unowned = 0;
        }

        VisitAll(VisitMode.Flows);
        ForgetOwners();
        return (visit.Adopted, visit.Unowned, visit.Unfollowed);
    }

    /// <summary>Adds what open connections carried since the last time to their counters. Costs by the size of the kernel's table, once in each namespace.</summary>
    public void UpdateBytes()
    {
        // The list of namespaces is read anew now and then only: it costs a look at every process.
        if (++_updates % UpdatesBetweenLists == 0)
        {
            _namespaces = NetworkNamespaces.Paths();
        }

        VisitAll(VisitMode.Bytes);
    }

    /// <summary>Who holds these listening sockets.</summary>
    public Dictionary<ulong, ListenerHolders> Holders(IReadOnlyCollection<ulong> cookies)
    {
        FindOwners();
        var holders = new Dictionary<ulong, ListenerHolders>();
        foreach (ulong cookie in cookies)
        {
            if (_listenerMap.TryGet(cookie, out var found))
            {
                holders.Add(cookie, found);
            }
        }

        ForgetOwners();
        return holders;
    }

    private void FindOwners()
    {
        ReadScope();
        BpfObject.RunIterator(_owners);
    }

    private void ForgetOwners()
    {
        _ownerMap.ReadAll(_ownerBuffer);
        for (int i = 0; i < _ownerBuffer.Count; i++)
        {
            _ownerMap.Remove(_ownerBuffer.Key(i));
        }

        _listenerMap.ReadAll(_listenerBuffer);
        for (int i = 0; i < _listenerBuffer.Count; i++)
        {
            _listenerMap.Remove(_listenerBuffer.Key(i));
        }
    }

    /// <summary>Who listens on Unix sockets now, in all namespaces.</summary>
    public List<UnixListener> UnixListeners()
    {
        FindOwners();
        ForgetOwners();
        _unixListenerMap.ReadAll(_unixBuffer);
        var listeners = new List<UnixListener>(_unixBuffer.Count);
        for (int i = 0; i < _unixBuffer.Count; i++)
        {
            listeners.Add(_unixBuffer.Value(i));
            _unixListenerMap.Remove(_unixBuffer.Key(i));
        }

        return listeners;
    }

    public void Dispose()
    {
        _owners.Dispose();
        _sockets.Dispose();
        Object.Dispose();
    }

    private void VisitAll(VisitMode mode)
    {
        Visit.Mode = mode;
        BpfObject.RunIterator(_sockets);
        foreach (var path in _namespaces.Skip(1))
        {
            NetworkNamespaces.Run(path, () => BpfObject.RunIterator(_sockets));
        }
    }

    // The ids of the cgroups in scope are their directories' inode numbers.
    private void ReadScope()
    {
        if (_scope is null)
        {
            return;
        }

        var map = Object.Map<ulong, byte>("scope_map");
        foreach (var directory in Directory.EnumerateDirectories(_scope, "*", SearchOption.AllDirectories).Prepend(_scope))
        {
            ulong id = Identity.Libc.Inode(directory);
            if (id != 0 && !map.TrySet(id, 1))
            {
                break;
            }
        }
    }
}
