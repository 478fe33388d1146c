using Tendril.Agent.Identity;
using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>
/// A listening socket may outlive or leave the process that called listen(): a child or a successor inherits it (nginx, inetd, a daemon's second fork),
/// it is passed on, or systemd listens for a service that it starts later. The endpoint then belongs to whoever holds it now, or, where
/// several programs do, to the one that accepts.
/// </summary>
/// <param name="listeners">The programs' map, which is corrected.</param>
/// <param name="findHolders">Looks who holds these listening sockets; costs a look at all files of all processes.</param>
internal sealed class Inheritance(
    BpfMap<ServiceKey, ServiceOwner> listeners, Func<IReadOnlyCollection<ulong>, IReadOnlyDictionary<ulong, ListenerHolders>> findHolders)
{
    // A young listener is looked at again and again until it is seen who accepts, an old one now and then.
    private const ulong LooksApartNs = 500_000_000;
    private const ulong YoungNs = 30_000_000_000;
    private const int SnapshotsBetweenLooks = 6;
    private const int MaxLooks = 16_384;
    private const ulong Settled = ulong.MaxValue;

    private readonly ProcReader _processes = new();
    private readonly BpfMapBuffer<ServiceKey, ServiceOwner> _buffer = new();
    private readonly HashSet<ulong> _orphansLookedFor = [];
    private readonly Dictionary<ulong, ulong> _looks = [];
    private bool _lookAtAll;
    private int _snapshots;

    /// <summary>A snapshot was taken: it is time to look again.</summary>
    public void LookAgain()
    {
        _lookAtAll = true;
        _snapshots++;
        _orphansLookedFor.Clear();
        // Listeners that closed while they were young are not seen again.
        if (_looks.Count > MaxLooks)
        {
            _looks.Clear();
        }
    }

    /// <summary>Gives listening sockets to who has them now; those whose process is gone at once, the others after a snapshot.</summary>
    public void Settle()
    {
        var doubtful = new Dictionary<ulong, ServiceKey>();
        ulong now = MonotonicClock.Nanoseconds();
        bool all = _lookAtAll && _snapshots % SnapshotsBetweenLooks == 0;
        listeners.ReadAll(_buffer);
        for (int i = 0; i < _buffer.Count; i++)
        {
            ref readonly var owner = ref _buffer.Value(i);
            bool isYoung = now - owner.SinceNs < YoungNs;
            if (all || IsTimeToLook(owner, now, isYoung) || (_lookAtAll && isYoung) || (IsOrphan(owner) && _orphansLookedFor.Add(owner.Cookie)))
            {
                doubtful[owner.Cookie] = _buffer.Key(i);
            }
        }

        _lookAtAll = false;
        if (doubtful.Count == 0)
        {
            return;
        }

        foreach (var (cookie, holders) in findHolders(doubtful.Keys))
        {
            if (holders.HasAccepted != 0)
            {
                _looks[cookie] = Settled;
            }

            if (doubtful.TryGetValue(cookie, out var key) && listeners.TryGet(key, out var owner) && owner.Cookie == cookie && Successor(owner, holders) is { } successor)
            {
                owner.Pid = successor.Pid;
                owner.Start = successor.Start;
                owner.Comm = successor.Comm;
                owner.CgroupId = successor.CgroupId;
                listeners.TrySet(key, owner);
            }
        }
    }

    private bool IsTimeToLook(in ServiceOwner owner, ulong now, bool isYoung)
    {
        if (!isYoung)
        {
            _looks.Remove(owner.Cookie);
            return false;
        }

        ulong last = _looks.GetValueOrDefault(owner.Cookie, owner.SinceNs);
        if (last == Settled || now - last < LooksApartNs)
        {
            return false;
        }

        _looks[owner.Cookie] = now;
        return true;
    }

    private bool IsOrphan(in ServiceOwner owner) => IsInit(owner.Pid, owner.Comm) || !_processes.TryReadStat(owner.Pid, out _);

    private SocketOwner? Successor(in ServiceOwner owner, in ListenerHolders holders)
    {
        var others = ((ReadOnlySpan<SocketOwner>)holders.Holders)[..(int)Math.Min(holders.Count, Holders.Length)];
        if (others.IsEmpty)
        {
            return null;
        }

        if (holders.IsHeld == 0 || IsInit(owner.Pid, owner.Comm))
        {
            foreach (ref readonly var other in others)
            {
                if (!IsInit(other.Pid, other.Comm))
                {
                    return other;
                }
            }

            return holders.IsHeld == 0 ? others[0] : null;
        }

        // Both programs hold it. Workers that were forked are the same program; another that accepts, while this one does not, serves.
        return holders.HasAccepted == 0 && holders.Accepter.Pid != 0 && Contains(others, holders.Accepter.Pid) && !IsForkOf(holders.Accepter.Pid, owner.Pid)
            ? holders.Accepter
            : null;
    }

    private static bool Contains(ReadOnlySpan<SocketOwner> owners, uint pid)
    {
        foreach (ref readonly var owner in owners)
        {
            if (owner.Pid == pid)
            {
                return true;
            }
        }

        return false;
    }

    // Forks have the same stack address, which execve chooses anew, by chance.
    private bool IsForkOf(uint one, uint other) =>
        _processes.TryReadStat(one, out var first) && _processes.TryReadStat(other, out var second) && first.Stack == second.Stack;

    private static bool IsInit(uint pid, in Comm comm) => pid == 1 || ((ReadOnlySpan<byte>)comm).StartsWith("systemd\0"u8);
}
