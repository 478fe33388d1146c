using Microsoft.Extensions.Logging;
using Tendril.Agent.Identity;
using Tendril.Bpf;
using Tendril.Protocol;

namespace Tendril.Agent.Capture;

/// <summary>Captures from the running kernel.</summary>
internal sealed partial class KernelCapture : ICapture
{
    private readonly AgentOptions _options;
    private readonly ILogger _log;
    private readonly MonotonicClock _clock;
    private readonly ProcReader _processes = new();
    private readonly KernelPrograms _programs;
    private readonly BpfMap<DependencyKey, DependencyCounters> _dependencies;
    private readonly BpfMap<ServiceKey, ServiceOwner> _listeners;
    private readonly BpfMap<ulong, ConnectAttempt> _attempts;
    private readonly BpfMap<uint, ulong> _losses;
    private readonly BpfMapBuffer<DependencyKey, DependencyCounters> _dependencyBuffer = new();
    private readonly BpfMapBuffer<ServiceKey, ServiceOwner> _listenerBuffer = new();
    private readonly BpfMapBuffer<ulong, ConnectAttempt> _attemptBuffer = new();
    private readonly ulong[] _lossesPerCpu = new ulong[BpfObject.PossibleCpus];
    private readonly ulong[] _lossTotals = new ulong[(int)Loss.Count];
    private readonly List<WireCounter> _wires = [];
    private readonly List<Capability> _capabilities = [];
    private readonly Func<DependencyKey, DependencyCounters?> _forget;
    private readonly RingBuffer _ring;
    private readonly DatagramPrograms? _datagrams;
    private readonly SocketSnapshot? _snapshot;
    private readonly UnixSockets? _unix;
    private ICaptureSink? _eventSink;
    private ulong _nextSnapshotNs;
    private bool _adoptAgain;

    private KernelCapture(AgentOptions options, KernelPrograms programs, TimeProvider time, ILogger log, string cgroupDirectory, bool wholeHost)
    {
        _options = options;
        _log = log;
        _clock = new MonotonicClock(time);
        _programs = programs;
        _dependencies = programs.Object.Map<DependencyKey, DependencyCounters>("dependency_map");
        _listeners = programs.Object.Map<ServiceKey, ServiceOwner>("service_map");
        _attempts = programs.Object.Map<ulong, ConnectAttempt>("pid_map");
        _losses = programs.Object.Map<uint, ulong>("loss_map");
        _forget = Forget;
        _ring = programs.Object.OpenRing("flow_events", OnRecord);
        HostNetworkNamespace = NetworkNamespaces.OwnCookie();
        foreach (var (_, hook) in KernelPrograms.Hooks)
        {
            AddCapability(hook);
        }

        _datagrams = TryDatagrams(cgroupDirectory);
        _snapshot = TrySnapshot(wholeHost ? null : cgroupDirectory);
        _unix = TryUnix(cgroupDirectory);
        AttachWires();
    }

    public IReadOnlyList<Capability> Capabilities => _capabilities;

    public ulong HostNetworkNamespace { get; }

    /// <summary>Attaches to the cgroup and takes in what was there before.</summary>
    /// <param name="cgroupDirectory">The directory to attach to.</param>
    /// <param name="wholeHost">Whether that is the root of the cgroup v2 tree.</param>
    /// <exception cref="BpfException">The kernel refused one of the programs that are needed.</exception>
    public static KernelCapture Start(AgentOptions options, string cgroupDirectory, bool wholeHost, TimeProvider time, ILogger log)
    {
        LibBpfLog.Capture();
        var programs = KernelPrograms.Attach(options, cgroupDirectory);
        try
        {
            return new KernelCapture(options, programs, time, log, cgroupDirectory, wholeHost);
        }
        catch
        {
            programs.Dispose();
            throw;
        }
    }

    public void ReadEvents(ICaptureSink sink)
    {
        _eventSink = sink;
        // Names first: whoever connects asked before.
        _datagrams?.ReadNames();
        _ring.Consume();
        _eventSink = null;
    }

    public bool ReadCounters(ICaptureSink sink)
    {
        UpdateOpenConnections();
        sink.BeginCounters(_clock.NowMicros());
        // Listeners first: a dependency's server is then known when its counters come.
        _listeners.ReadAll(_listenerBuffer);
        for (int i = 0; i < _listenerBuffer.Count; i++)
        {
            sink.OnListener(_listenerBuffer.Key(i), _listenerBuffer.Value(i));
        }

        ReadUnsentConnects(sink);
        ReadUnixListeners(sink);
        _programs.Control.Dependencies = _dependencies.ReadAll(_dependencyBuffer);
        for (int i = 0; i < _dependencyBuffer.Count; i++)
        {
            ref readonly var key = ref _dependencyBuffer.Key(i);
            if (key.Transport == UnixSockets.Transport)
            {
                ReadUnix(sink, key, _dependencyBuffer.Value(i));
            }
            else
            {
                sink.OnDependency(key, _dependencyBuffer.Value(i));
            }
        }

        sink.OnLosses(ReadLosses());
        foreach (var wire in _wires)
        {
            var (totals, connections) = wire.Read();
            sink.OnWire(wire.Interface, totals, connections);
        }

        sink.EndCounters(_forget);
        return true;
    }

    public void GrantEvents(int events)
    {
        ref var control = ref _programs.Control;
        control.EventTokens = events;
        // A quarter more for connections that both of their ends tell of: the others may not use up their share.
        control.JointTokens = (events + 3) / 4;
    }

    public void Dispose()
    {
        foreach (var wire in _wires)
        {
            wire.Dispose();
        }

        _unix?.Dispose();
        _snapshot?.Dispose();
        _datagrams?.Dispose();
        _ring.Dispose();
        _programs.Dispose();
    }

    private void OnRecord(ReadOnlySpan<byte> record)
    {
        if (record.Length != System.Runtime.CompilerServices.Unsafe.SizeOf<FlowEvent>())
        {
            throw new InvalidDataException($"a flow event of {record.Length} bytes");
        }

        ref readonly var flowEvent = ref System.Runtime.InteropServices.MemoryMarshal.AsRef<FlowEvent>(record);
        _eventSink?.OnFlowEvent(flowEvent, _clock.ToUnixMicros(flowEvent.TimeNs));
    }

    private void ReadUnixListeners(ICaptureSink sink)
    {
        if (_unix is null)
        {
            return;
        }

        _unix.Refresh(everyNs: (ulong)(_options.SnapshotInterval.TotalMilliseconds * 1e6));
        foreach (var (endpoint, listener) in _unix.Listeners)
        {
            var owner = new ServiceOwner { Cookie = endpoint.Second, CgroupId = listener.CgroupId, Pid = listener.Pid, Sockets = 1, Comm = listener.Comm };
            sink.OnPath(endpoint, listener.Name.ToString());
            sink.OnListener(new ServiceKey { Address = endpoint, Transport = UnixSockets.Transport }, owner);
        }
    }

    // Held back until somebody is known to listen: counters are cumulative, so nothing is lost by that.
    private void ReadUnix(ICaptureSink sink, in DependencyKey key, in DependencyCounters counters)
    {
        if (_unix?.Resolve(key) is not { } resolved)
        {
            return;
        }

        sink.OnPath(resolved.Endpoint, resolved.Path);
        // What was dialled stays in the key, so that the kernel's can be found again.
        sink.OnDependency(key with { ServerAddress = resolved.Endpoint, PeerAddress = key.ServerAddress }, counters);
    }

    private DependencyCounters? Forget(DependencyKey key)
    {
        if (key.Transport == UnixSockets.Transport)
        {
            key = key with { ServerAddress = key.PeerAddress, PeerAddress = default };
            _unix?.Forget(key);
        }

        return _dependencies.TryTake(key, out var last) ? last : null;
    }

    // A connect() that is still pending after a second never sent its SYN: it would have cleared the mark inside the same system call.
    private void ReadUnsentConnects(ICaptureSink sink)
    {
        const ulong OneSecond = 1_000_000_000;
        ulong now = MonotonicClock.Nanoseconds();
        _attempts.ReadAll(_attemptBuffer);
        for (int i = 0; i < _attemptBuffer.Count; i++)
        {
            ref readonly var attempt = ref _attemptBuffer.Value(i);
            if (attempt.Pending == 0 || now - attempt.TimeNs < OneSecond)
            {
                continue;
            }

            ulong thread = _attemptBuffer.Key(i);
            _attempts.Remove(thread);
            var key = new DependencyKey
            {
                NetnsCookie = attempt.NetnsCookie,
                ServerAddress = attempt.Address,
                Pid = (uint)(thread >> 32),
                ServerPort = attempt.Port,
                Role = Role.Client,
                Transport = Tcp,
            };
            sink.OnUnsentConnect(key, attempt.Comm, attempt.CgroupId);
        }
    }

    private const byte Tcp = 6;

    private ReadOnlySpan<ulong> ReadLosses()
    {
        for (uint reason = 0; reason < (uint)Loss.Count; reason++)
        {
            _losses.TryGetPerCpu(reason, _lossesPerCpu);
            ulong sum = 0;
            foreach (ulong each in _lossesPerCpu)
            {
                sum += each;
            }

            _lossTotals[reason] = sum;
        }

        _lossTotals[(int)Loss.RingFull] += (ulong)_ring.Faults;
        return _lossTotals;
    }

    private SocketSnapshot? TrySnapshot(string? scope)
    {
        try
        {
            var snapshot = SocketSnapshot.Load(_programs, _datagrams, scope);
            var (adopted, unowned, unfollowed) = snapshot.Adopt(listeners: true);
            _adoptAgain = true;
            Log.Adopted(_log, adopted, unowned);
            var detail = unfollowed == 0 ? "" : $"{unfollowed} connections from before the start will not report their end: this kernel lacks TCP_BPF_SOCK_OPS_CB_FLAGS (6.9)";
            AddCapability("iter/tcp", detail);
            return snapshot;
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            var reason = exception.Message.Split('\n')[0];
            Log.NoSnapshot(_log, reason);
            AddMissing("iter/tcp", $"{reason}; connections and listeners from before the start are not seen, bytes of open connections are counted at their end");
            return null;
        }
    }

    private DatagramPrograms? TryDatagrams(string cgroupDirectory)
    {
        try
        {
            var datagrams = DatagramPrograms.Attach(_programs, cgroupDirectory, OnName);
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
            if (_snapshot is null)
            {
                AddMissing(UnixSockets.CapabilityName, $"who listens is told by the iterators, which are missing; {UnixSockets.Cost}");
                return null;
            }

            var sockets = UnixSockets.Attach(_programs, _snapshot, cgroupDirectory);
            AddCapability(UnixSockets.CapabilityName);
            return sockets;
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            AddMissing(UnixSockets.CapabilityName, $"{exception.Message.Split('\n')[0]} (kernel 6.7); {UnixSockets.Cost}");
            return null;
        }
    }

    private void OnName(in NamePayload header, ReadOnlySpan<byte> payload) =>
        _eventSink?.OnName(header, payload, _clock.ToUnixMicros(header.TimeNs));

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

    private void UpdateOpenConnections()
    {
        ulong now = MonotonicClock.Nanoseconds();
        if (_snapshot is null || _options.SnapshotInterval == TimeSpan.Zero || now < _nextSnapshotNs)
        {
            return;
        }

        if (_adoptAgain && _nextSnapshotNs != 0)
        {
            // Once more, for connects that were under way while the hooks were attached.
            _adoptAgain = false;
            _snapshot.Adopt(listeners: false);
        }
        else
        {
            _snapshot.UpdateBytes();
        }

        FindInheritors(_snapshot);

        _nextSnapshotNs = now + (ulong)(_options.SnapshotInterval.TotalMilliseconds * 1e6);
    }

    // A listening socket outlives the process that called listen() when a child or a successor inherited it (nginx, inetd, a daemon's
    // second fork): the endpoint then belongs to whoever holds the socket now.
    private void FindInheritors(SocketSnapshot snapshot)
    {
        bool searched = false;
        _listeners.ReadAll(_listenerBuffer);
        for (int i = 0; i < _listenerBuffer.Count; i++)
        {
            var owner = _listenerBuffer.Value(i);
            if (_processes.TryReadStat(owner.Pid, out _))
            {
                continue;
            }

            if (!searched)
            {
                snapshot.FindOwners();
                searched = true;
            }

            if (snapshot.OwnerOf(owner.Cookie) is { } holder)
            {
                owner.Pid = holder.Pid;
                owner.Comm = holder.Comm;
                owner.CgroupId = holder.CgroupId;
                _listeners.TrySet(_listenerBuffer.Key(i), owner);
            }
        }

        if (searched)
        {
            snapshot.ForgetOwners();
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
