using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Tendril.Agent.Identity;
using Tendril.Agent.Privileges;
using Tendril.Bpf;
using Tendril.Protocol;

namespace Tendril.Agent.Capture;

/// <summary>Captures from the running kernel.</summary>
internal sealed partial class KernelCapture : ICapture
{
    private readonly AgentOptions _options;
    private readonly MonotonicClock _clock;
    private readonly Attachments _attached;
    private readonly ProcReader _processes = new();
    private readonly BpfMap<DependencyKey, DependencyCounters> _dependencies;
    private readonly BpfMap<ProcessKey, uint> _ofProcesses;
    private readonly BpfMap<ServiceKey, ServiceOwner> _listeners;
    private readonly BpfMap<ulong, ConnectAttempt> _attempts;
    private readonly BpfMap<uint, ulong> _losses;
    private readonly BpfMapBuffer<DependencyKey, DependencyCounters> _dependencyBuffer = new();
    private readonly BpfMapBuffer<ServiceKey, ServiceOwner> _listenerBuffer = new();
    private readonly BpfMapBuffer<ulong, ConnectAttempt> _attemptBuffer = new();
    private readonly ulong[] _lossesPerCpu = new ulong[BpfObject.PossibleCpus];
    private readonly ulong[] _lossTotals = new ulong[(int)Loss.Count];
    private readonly Func<DependencyKey, DependencyCounters?> _forget;
    private readonly RingBuffer _ring;
    private readonly RingAlarm _alarm;
    private readonly SemaphoreSlim _news = new(0);
    private readonly HashSet<ulong> _openIn = [];
    private readonly SelfCheck _selfCheck;
    private ICaptureSink? _eventSink;
    private readonly Inheritance? _inheritance;
    private ulong _nextSnapshotNs;
    private ulong _nextCheckNs = MonotonicClock.Nanoseconds() + 2_000_000_000;
    private bool _adoptAgain = true;

    /// <summary>Between two grants; each wake-up costs some microseconds here and in the kernel.</summary>
    private const int WakesAtOnce = 4;

    private KernelCapture(AgentOptions options, Confinement confinement, TimeProvider time, ILogger log, string cgroupDirectory, bool wholeHost)
    {
        _options = options;
        _clock = new MonotonicClock(time);
        _attached = confinement.WithAllRights(() => Attachments.Attach(options, cgroupDirectory, wholeHost, _clock, log, OnName));
        var core = _attached.Programs.Object;
        _dependencies = core.Map<DependencyKey, DependencyCounters>("dependency_map");
        _ofProcesses = core.Map<ProcessKey, uint>("process_map");
        _listeners = core.Map<ServiceKey, ServiceOwner>("service_map");
        _attempts = core.Map<ulong, ConnectAttempt>("pid_map");
        _losses = core.Map<uint, ulong>("loss_map");
        _forget = Forget;
        _ring = core.OpenRing("flow_events", OnRecord);
        _alarm = core.WatchRing("flow_events", () => _news.Release());
        _inheritance = _attached.Snapshot is { } snapshot ? new Inheritance(_listeners, snapshot.Holders)
            : _attached.Older is { } older ? new Inheritance(_listeners, older.Holders)
            : null;
        _selfCheck = new SelfCheck(_attached.IsFollowed, _attached.Cgroups.Contain);
        HostNetworkNamespace = NetworkNamespaces.Own(_attached.Programs.Config.NamespaceSource);
    }

    public IReadOnlyList<Capability> Capabilities => _attached.Capabilities;

    public ulong HostNetworkNamespace { get; }

    /// <summary>CLOCK_MONOTONIC nanoseconds when counting began.</summary>
    public ulong AttachedNs => _attached.Programs.AttachedNs;

    /// <summary>Attaches to the cgroup and takes in what was there before.</summary>
    /// <param name="confinement">Lends the rights to attach.</param>
    /// <param name="cgroupDirectory">The directory to attach to.</param>
    /// <param name="wholeHost">Whether that is the root of the cgroup v2 tree.</param>
    /// <exception cref="BpfException">The kernel refused one of the programs that are needed.</exception>
    public static KernelCapture Start(AgentOptions options, Confinement confinement, string cgroupDirectory, bool wholeHost, TimeProvider time, ILogger log) =>
        new(options, confinement, time, log, cgroupDirectory, wholeHost);

    public Task NewsAsync(CancellationToken stop) => _news.WaitAsync(stop);

    public void ReadEvents(ICaptureSink sink)
    {
        _eventSink = sink;
        // Names first: whoever connects asked before.
        _attached.Datagrams?.ReadNames();
        _ring.Consume();
        _eventSink = null;
    }

    public bool ReadCounters(ICaptureSink sink, bool last = false)
    {
        UpdateOpenConnections(atOnce: last);
        _inheritance?.Settle();
        var now = _clock.Now();
        sink.BeginCounters(now);
        // What is counted was meant for who listened until then: so the counters are read first. They are handed over last, as their servers are known then.
        _attached.Programs.Control.Dependencies = _dependencies.ReadAll(_dependencyBuffer);
        _listeners.ReadAll(_listenerBuffer);
        for (int i = 0; i < _listenerBuffer.Count; i++)
        {
            var owner = _listenerBuffer.Value(i);
            if (owner.SinceNs == 0)
            {
                // It was there before; all that is counted came later.
                owner.SinceNs = AttachedNs;
            }

            sink.OnListener(_listenerBuffer.Key(i), owner);
        }

        ReadUnsentConnects(sink);
        ReadUnixListeners(sink);
        _openIn.Clear();
        for (int i = 0; i < _dependencyBuffer.Count; i++)
        {
            ref readonly var key = ref _dependencyBuffer.Key(i);
            if (key.Transport == Tcp && _dependencyBuffer.Value(i).Opened > _dependencyBuffer.Value(i).Closed)
            {
                _openIn.Add(key.NetnsCookie);
            }

            if (key.Transport == UnixSockets.Transport)
            {
                ReadUnix(sink, key, _dependencyBuffer.Value(i));
            }
            else
            {
                var counters = _dependencyBuffer.Value(i);
                _attached.Older?.AddTo(key, ref counters);
                sink.OnDependency(key, counters);
            }
        }

        foreach (var (key, counters) in _attached.Older?.Counters ?? ImmutableDictionary<DependencyKey, DependencyCounters>.Empty)
        {
            if (!_dependencies.TryGet(key, out _))
            {
                sink.OnDependency(key, counters);
            }
        }

        sink.OnLosses(ReadLosses());
        CheckSelf(sink);
        foreach (var wire in _attached.Wires)
        {
            var (totals, connections) = wire.Read();
            sink.OnWire(wire.Interface, totals, connections);
        }

        foreach (var runs in _attached.Runs())
        {
            sink.OnProgramRuns(runs);
        }

        sink.EndCounters(_forget);
        return true;
    }

    public void GrantEvents(int events)
    {
        ref var control = ref _attached.Programs.Control;
        control.EventTokens = events;
        control.WakeTokens = WakesAtOnce;
        // A quarter more for connections that both of their ends tell of: the others may not use up their share.
        control.JointTokens = (events + 3) / 4;
    }

    public void Dispose()
    {
        _alarm.Dispose();
        _ring.Dispose();
        _attached.Dispose();
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

    private void CheckSelf(ICaptureSink sink)
    {
        ulong now = MonotonicClock.Nanoseconds();
        if (now < _nextCheckNs)
        {
            return;
        }

        bool final = _selfCheck.HasDoubts;
        _attached.Cgroups.Refresh();
        if (_selfCheck.Run(final, _clock.NowMicros()) is { } result)
        {
            sink.OnSelfCheck(result);
            _nextCheckNs = now + (ulong)(SelfCheck.Interval.TotalMilliseconds * 1e6);
        }
        else
        {
            _nextCheckNs = now + 1_000_000_000;
        }
    }

    private void ReadUnixListeners(ICaptureSink sink)
    {
        if (_attached.Unix is null)
        {
            return;
        }

        _attached.Unix.Refresh(everyNs: (ulong)(_options.SnapshotInterval.TotalMilliseconds * 1e6));
        foreach (var (endpoint, listener) in _attached.Unix.Listeners)
        {
            HandUnixListener(sink, endpoint, listener);
        }
    }

    private static void HandUnixListener(ICaptureSink sink, in Address endpoint, in UnixListener listener)
    {
        var owner = new ServiceOwner { Cookie = endpoint.Second, CgroupId = listener.CgroupId, Pid = listener.Pid, Start = listener.Start, Sockets = 1, Comm = listener.Comm };
        sink.OnPath(endpoint, listener.Name.ToString());
        sink.OnListener(new ServiceKey { Address = endpoint, Transport = UnixSockets.Transport }, owner);
    }

    // Held back until somebody is known to listen: counters are cumulative, so nothing is lost by that.
    private void ReadUnix(ICaptureSink sink, in DependencyKey key, in DependencyCounters counters)
    {
        if (_attached.Unix?.Resolve(key) is not { } resolved)
        {
            // Nobody will resolve what a process dialled that is gone.
            if (_attached.Unix is { } sockets && sockets.IsHopeless(key) && (!_processes.TryReadStat(key.Pid, out var stat) || (key.Start != 0 && stat.Start != key.Start)))
            {
                _dependencies.Remove(key);
                sockets.Forget(key);
            }

            return;
        }

        sink.OnPath(resolved.Endpoint, resolved.Listener.Name.ToString());
        if (resolved.IsNew)
        {
            HandUnixListener(sink, resolved.Endpoint, resolved.Listener);
        }

        // What was dialled stays in the key, so that the kernel's can be found again.
        sink.OnDependency(key with { ServerAddress = resolved.Endpoint, PeerAddress = key.ServerAddress }, counters);
    }

    private DependencyCounters? Forget(DependencyKey key)
    {
        if (key.Transport == UnixSockets.Transport)
        {
            key = key with { ServerAddress = key.PeerAddress, PeerAddress = default };
            _attached.Unix?.Forget(key);
        }

        bool taken = _dependencies.TryTake(key, out var last);
        if (taken && key.Transport != UnixSockets.Transport)
        {
            GiveBackPlace(key);
        }

        _attached.Older?.AddTo(key, ref last);
        _attached.Older?.Forget(key);
        return taken ? last : null;
    }

    // What the kernel adds between the two steps is lost: the process may then have a few dependencies more than its share.
    private void GiveBackPlace(in DependencyKey key)
    {
        var process = new ProcessKey { Pid = key.Pid, Start = key.Start, Role = (uint)key.Role };
        if (!_ofProcesses.TryGet(process, out uint count))
        {
            return;
        }

        if (count > 1)
        {
            _ofProcesses.TrySet(process, count - 1);
        }
        else
        {
            _ofProcesses.Remove(process);
        }
    }

    // A connect() that is still pending after so long never sent its SYN: it would have cleared the mark inside the same system call.
    private void ReadUnsentConnects(ICaptureSink sink)
    {
        const ulong LongEnough = 200_000_000;
        ulong now = MonotonicClock.Nanoseconds();
        _attempts.ReadAll(_attemptBuffer);
        for (int i = 0; i < _attemptBuffer.Count; i++)
        {
            ref readonly var attempt = ref _attemptBuffer.Value(i);
            // One that began while the map was read is newer than `now`.
            if (attempt.Pending == 0 || now < attempt.TimeNs + LongEnough)
            {
                continue;
            }

            _attempts.Remove(_attemptBuffer.Key(i));
            var key = new DependencyKey
            {
                NetnsCookie = attempt.NetnsCookie,
                ServerAddress = attempt.Address,
                Pid = attempt.Pid,
                Start = attempt.Start,
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

    private void OnName(in NamePayload header, ReadOnlySpan<byte> payload) =>
        _eventSink?.OnName(header, payload, _clock.ToUnixMicros(header.TimeNs));

    private void UpdateOpenConnections(bool atOnce)
    {
        ulong now = MonotonicClock.Nanoseconds();
        if (_options.SnapshotInterval == TimeSpan.Zero || (now < _nextSnapshotNs && !atOnce))
        {
            return;
        }

        if (_adoptAgain && _nextSnapshotNs != 0)
        {
            _adoptAgain = false;
            _attached.AdoptAgain();
        }
        else if (_openIn.Count > 0 || atOnce)
        {
            _attached.CountOpen(_openIn, last: atOnce);
        }

        _attached.Older?.Update();
        _inheritance?.LookAgain();
        _nextSnapshotNs = now + (ulong)(_options.SnapshotInterval.TotalMilliseconds * 1e6);
    }
}
