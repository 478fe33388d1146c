using Microsoft.Extensions.Logging;
using Tendril.Bpf;
using Tendril.Protocol;

namespace Tendril.Agent.Capture;

/// <summary>All that is attached to this kernel: the core, which is needed, and what else it allows; each thing that it does not is said, with what is lost.</summary>
internal sealed partial class Attachments : IDisposable
{
    private readonly AgentOptions _options;
    private readonly ILogger _log;
    private readonly MonotonicClock _clock;
    private readonly List<WireCounter> _wires = [];
    private readonly List<Capability> _capabilities = [];
    private bool _isUnfollowed;

    private Attachments(AgentOptions options, KernelPrograms programs, MonotonicClock clock, ILogger log, string? scope)
    {
        (_options, _clock, _log) = (options, clock, log);
        Programs = programs;
        Cgroups = new WatchedCgroups(scope);
        Flows = new FlowRecords(programs);
    }

    /// <summary>The core.</summary>
    public KernelPrograms Programs { get; }

    /// <summary>UDP and names; null where the kernel cannot.</summary>
    public DatagramPrograms? Datagrams { get; private set; }

    /// <summary>The iterators; null where the kernel cannot or they are not wanted.</summary>
    public SocketSnapshot? Snapshot { get; private set; }

    /// <summary>What stands in for the iterators, or follows what they find where they cannot; null where they can.</summary>
    public OlderConnections? Older { get; private set; }

    /// <summary>What open connections carry; null where the kernel cannot.</summary>
    public OpenConnections? Open { get; private set; }

    /// <summary>Unix sockets; null where the kernel cannot.</summary>
    public UnixSockets? Unix { get; private set; }

    public IReadOnlyList<WireCounter> Wires => _wires;

    public WatchedCgroups Cgroups { get; }

    public FlowRecords Flows { get; }

    /// <summary>What each program cost, all zero unless the kernel counts it.</summary>
    public IEnumerable<BpfProgramRuns> Runs() =>
        new[] { Programs.Object, Datagrams?.Object, Snapshot?.Object, Open?.Object, Unix?.Object }.Concat(_wires.Select(wire => wire.Object)).OfType<BpfObject>().SelectMany(loaded => loaded.Runs());

    /// <summary>What could be attached and what not.</summary>
    public IReadOnlyList<Capability> Capabilities => _capabilities;

    /// <summary>Attaches to the cgroup and takes in what was there before.</summary>
    /// <param name="cgroupDirectory">The directory to attach to.</param>
    /// <param name="wholeHost">Whether that is the root of the cgroup v2 tree.</param>
    /// <param name="onName">Takes DNS answers and TLS hellos.</param>
    /// <exception cref="BpfException">The kernel refused one of the programs that are needed.</exception>
    public static Attachments Attach(
        AgentOptions options, string cgroupDirectory, bool wholeHost, MonotonicClock clock, ILogger log, DatagramPrograms.RecordHandler onName)
    {
        LibBpfLog.Capture();
        var scope = wholeHost ? null : cgroupDirectory;
        var attached = new Attachments(options, KernelPrograms.Attach(options, cgroupDirectory), clock, log, scope);
        try
        {
            attached.TellOfCore();

            attached.Datagrams = attached.TryDatagrams(cgroupDirectory, onName);
            attached.Snapshot = attached.TrySnapshot(scope);
            attached.Older = attached.Snapshot is null || attached._isUnfollowed ? attached.FindOlder() : null;
            attached.Datagrams = attached.TryPackets(cgroupDirectory);
            attached.Open = attached.TryOpen();
            attached.Unix = attached.TryUnix(cgroupDirectory);
            attached.AttachWires();
            return attached;
        }
        catch
        {
            attached.Dispose();
            throw;
        }
    }

    /// <summary>Takes in what was there before once more, for connects that were under way while the hooks were attached.</summary>
    public void AdoptAgain()
    {
        if (Snapshot is not null && Snapshot.Adopt(listeners: false).Unfollowed > 0 && _options.FindSockets != "iterators")
        {
            Older ??= NewOlder();
        }

        Older?.Adopt();
    }

    /// <summary>Adds what open connections carried to their counters.</summary>
    /// <param name="namespaces">Where there are any.</param>
    /// <param name="last">Those too that are young yet.</param>
    public void CountOpen(IReadOnlySet<ulong> namespaces, bool last)
    {
        bool all = Open?.Count(namespaces) ?? false;
        if (!all || last)
        {
            Snapshot?.UpdateBytes();
        }
    }

    /// <summary>Whether an open connection is part of some dependency's counters.</summary>
    public bool IsFollowed(ulong cookie) => Flows.Contain(cookie) || (Older is { } older && older.Follows(cookie));

    public void Dispose()
    {
        foreach (var wire in _wires)
        {
            wire.Dispose();
        }

        Unix?.Dispose();
        Open?.Dispose();
        Snapshot?.Dispose();
        Datagrams?.Dispose();
        Programs.Dispose();
    }

    private void TellOfCore()
    {
        foreach (var (program, hook) in KernelPrograms.Hooks)
        {
            AddCapability(hook, program == "sockops_tracker" && Programs.IsWithoutCompareAndSwap ? "each connection costs a little more: this kernel has no compare-and-swap (5.12)" : "");
        }

        foreach (var (name, detail, isThere) in Programs.Facts())
        {
            if (isThere)
            {
                AddCapability(name, detail);
            }
            else
            {
                AddMissing(name, detail);
            }
        }
    }

    private SocketSnapshot? TrySnapshot(string? scope)
    {
        if (_options.FindSockets == "proc")
        {
            AddMissing("iter/tcp", "left out by --find-sockets proc");
            return null;
        }

        try
        {
            var snapshot = SocketSnapshot.Load(Programs, Datagrams, scope);
            var (adopted, unowned, unfollowed) = snapshot.Adopt(listeners: true);
            _isUnfollowed = unfollowed > 0;
            if (!_isUnfollowed)
            {
                Log.Adopted(_log, adopted, unowned);
            }

            AddCapability("iter/tcp", _isUnfollowed ? "the end of connections from before the start is found by sock_diag: this kernel lacks TCP_BPF_SOCK_OPS_CB_FLAGS (6.9)" : "");
            return snapshot;
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            var reason = Programs.KnowsKernelTypes ? exception.Message.Split('\n')[0] : "it needs BTF";
            AddMissing("iter/tcp", $"{reason}; {SocketSnapshot.Cost}");
            return null;
        }
    }

    private OlderConnections? FindOlder()
    {
        const string Name = "sock_diag";
        if (_options.FindSockets == "iterators")
        {
            AddMissing(Name, "left out by --find-sockets iterators; connections and listeners from before the start are not seen");
            return null;
        }

        var older = NewOlder();
        var (adopted, unowned) = older.Adopt();
        Log.Adopted(_log, adopted, unowned);
        AddCapability(Name, "connections and listeners from before the start are found in /proc");
        return older;
    }

    private OlderConnections NewOlder()
    {
        Cgroups.Refresh();
        return new OlderConnections(Programs, Flows.Contain, Cgroups.Contain);
    }

    private DatagramPrograms? TryDatagrams(string cgroupDirectory, DatagramPrograms.RecordHandler onName)
    {
        if (_options.WithoutPackets)
        {
            AddMissing(DatagramPrograms.CapabilityName, $"left out by --without-packets; {DatagramPrograms.Cost}");
            return null;
        }

        try
        {
            return DatagramPrograms.Attach(Programs, cgroupDirectory, onName);
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            AddMissing(DatagramPrograms.CapabilityName, $"{exception.Message.Split('\n')[0]}; {DatagramPrograms.Cost}");
            return null;
        }
    }

    private DatagramPrograms? TryPackets(string cgroupDirectory)
    {
        try
        {
            Datagrams?.AttachToPackets(cgroupDirectory);
            if (Datagrams is not null)
            {
                AddCapability(DatagramPrograms.CapabilityName);
            }

            return Datagrams;
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            Datagrams?.Dispose();
            AddMissing(DatagramPrograms.CapabilityName, $"{exception.Message.Split('\n')[0]}; {DatagramPrograms.Cost}");
            return null;
        }
    }

    private OpenConnections? TryOpen()
    {
        if (_options.SnapshotInterval == TimeSpan.Zero)
        {
            AddMissing(OpenConnections.CapabilityName, $"left out by --snapshot-interval 0; {OpenConnections.Cost}");
            return null;
        }

        try
        {
            var open = OpenConnections.Load(Programs);
            AddCapability(OpenConnections.CapabilityName);
            return open;
        }
        catch (BpfException exception)
        {
            AddMissing(OpenConnections.CapabilityName, Snapshot is null ? $"{exception.Message.Split('\n')[0]}; {OpenConnections.Cost}" : $"{exception.Message.Split('\n')[0]}; an iterator looks at all sockets instead, which costs more");
            return null;
        }
    }

    private UnixSockets? TryUnix(string cgroupDirectory)
    {
        try
        {
            if (Snapshot is null)
            {
                AddMissing(UnixSockets.CapabilityName, $"who listens is told by the iterators, which are missing; {UnixSockets.Cost}");
                return null;
            }

            if (Programs.Config.CanCopyKernelMemory == 0)
            {
                AddMissing(UnixSockets.CapabilityName, $"{UnixSockets.NoCopies}; {UnixSockets.Cost}");
                return null;
            }

            var sockets = UnixSockets.Attach(Programs, Snapshot, cgroupDirectory);
            AddCapability(UnixSockets.CapabilityName);
            return sockets;
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            AddMissing(UnixSockets.CapabilityName, $"{exception.Message.Split('\n')[0]} (kernel 6.7); {UnixSockets.Cost}");
            return null;
        }
    }

    private void AddCapability(string name, string detail = "") =>
        _capabilities.Add(new Capability { Name = name, Available = true, Detail = detail, SinceUs = _clock.NowMicros() });

    private void AddMissing(string name, string detail)
    {
        Log.Missing(_log, name, detail);
        _capabilities.Add(new Capability { Name = name, Detail = detail });
    }

    private void AttachWires()
    {
        foreach (var networkInterface in _options.XdpInterfaces)
        {
            try
            {
                _wires.Add(WireCounter.Attach(networkInterface));
                AddCapability($"xdp:{networkInterface}");
            }
            catch (Exception exception) when (exception is BpfException or IOException)
            {
                AddMissing($"xdp:{networkInterface}", $"{exception.Message.Split('\n')[0]}; cannot count frames on {networkInterface}");
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "found {Adopted} open connections from before the start ({Unowned} more whose process could not be told)")]
        public static partial void Adopted(ILogger logger, uint adopted, uint unowned);

        [LoggerMessage(2, LogLevel.Warning, "without {Name}: {Detail}")]
        public static partial void Missing(ILogger logger, string name, string detail);
    }
}
