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

    /// <summary>What stands in for the iterators; null where they work.</summary>
    public OlderConnections? Older { get; private set; }

    /// <summary>Unix sockets; null where the kernel cannot.</summary>
    public UnixSockets? Unix { get; private set; }

    public IReadOnlyList<WireCounter> Wires => _wires;

    public WatchedCgroups Cgroups { get; }

    public FlowRecords Flows { get; }

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
            foreach (var (_, hook) in KernelPrograms.Hooks)
            {
                attached.AddCapability(hook);
            }

            if (attached.Programs.KnowsKernelTypes)
            {
                attached.AddCapability(KernelPrograms.TypesCapability);
            }
            else
            {
                attached.AddMissing(KernelPrograms.TypesCapability, KernelPrograms.TypesCost);
            }

            attached.Datagrams = attached.TryDatagrams(cgroupDirectory, onName);
            attached.Snapshot = attached.TrySnapshot(scope);
            attached.Older = attached.Snapshot is null ? attached.FindOlder() : null;
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

    public void Dispose()
    {
        foreach (var wire in _wires)
        {
            wire.Dispose();
        }

        Unix?.Dispose();
        Snapshot?.Dispose();
        Datagrams?.Dispose();
        Programs.Dispose();
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
            Log.Adopted(_log, adopted, unowned);
            var detail = unfollowed == 0 ? "" : $"{unfollowed} connections from before the start will not report their end: this kernel lacks TCP_BPF_SOCK_OPS_CB_FLAGS (6.9)";
            AddCapability("iter/tcp", detail);
            return snapshot;
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            var reason = exception.Message.Split('\n')[0];
            Log.NoSnapshot(_log, reason);
            AddMissing("iter/tcp", reason);
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

        Cgroups.Refresh();
        var older = new OlderConnections(Programs, Flows.Contain, Cgroups.Contain);
        var (adopted, unowned) = older.Adopt();
        Log.Adopted(_log, adopted, unowned);
        AddCapability(Name, "connections and listeners from before the start are found by /proc; bytes of open connections are counted at their end");
        return older;
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
            var datagrams = DatagramPrograms.Attach(Programs, cgroupDirectory, onName);
            AddCapability(DatagramPrograms.CapabilityName);
            return datagrams;
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            var reason = exception.Message.Split('\n')[0];
            Log.NoDatagrams(_log, DatagramPrograms.Cost, reason);
            AddMissing(DatagramPrograms.CapabilityName, $"{reason}; {DatagramPrograms.Cost}");
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

    private void AddMissing(string name, string detail) => _capabilities.Add(new Capability { Name = name, Detail = detail });

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
                var reason = exception.Message.Split('\n')[0];
                Log.NoWire(_log, networkInterface, reason);
                AddMissing($"xdp:{networkInterface}", $"{reason}; frames on the wire are not counted there");
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "found {Adopted} open connections from before the start ({Unowned} more whose process could not be told)")]
        public static partial void Adopted(ILogger logger, uint adopted, uint unowned);

        [LoggerMessage(2, LogLevel.Warning, "cannot look for connections from before the start: {Reason}")]
        public static partial void NoSnapshot(ILogger logger, string reason);

        [LoggerMessage(3, LogLevel.Warning, "cannot count frames on {Interface}: {Reason}")]
        public static partial void NoWire(ILogger logger, string @interface, string reason);

        [LoggerMessage(4, LogLevel.Warning, "{Cost}: {Reason}")]
        public static partial void NoDatagrams(ILogger logger, string cost, string reason);
    }
}
