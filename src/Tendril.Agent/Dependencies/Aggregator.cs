using Google.Protobuf;
using Tendril.Agent.Capture;
using Tendril.Agent.Export;
using Tendril.Agent.Identity;
using Tendril.Agent.Names;
using Tendril.Bpf;
using Tendril.Protocol;

namespace Tendril.Agent.Dependencies;

/// <summary>
/// Takes what the capture hands over, keeps it as the tables that reports are made of, and passes flow events on. Written by the capture
/// loop's thread, read by the stream's task: one lock around both, held for microseconds to a few milliseconds.
/// </summary>
internal sealed class Aggregator : Reports, ICaptureSink
{
    private const int MaxChangesAtOnce = 256;
    private const int ReadingsBetweenForgetting = 60;

    private readonly Lock _gate = new();
    private readonly ProcessTable _processes;
    private readonly FlowEventQueue _events;
    private readonly NameCache _names = new();
    private readonly UnixPaths _paths = new();
    private readonly DependencyTable _dependencies;
    private readonly ListenerTable _listeners;
    private readonly SortedDictionary<string, WireCount> _wires = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ProgramRuns> _runs = new(StringComparer.Ordinal);
    private readonly ulong[] _lossByReason = new ulong[(int)Loss.Count];
    private readonly ReportPacker _packer = new();
    private readonly List<Process> _changedProcesses = [];
    private readonly List<DependencyState> _changedStates = [];
    private readonly List<Listener> _changedListeners = [];
    private Losses? _losses;
    private Protocol.SelfCheck? _selfCheck;
    private bool _totalsChanged;
    private int? _budget;
    private int _readings;

    public Aggregator(ProcessTable processes, FlowEventQueue events, int maxDependencies, int maxOfProcess)
    {
        (_processes, _events) = (processes, events);
        _dependencies = new DependencyTable(processes, _names, _paths, maxDependencies, maxOfProcess);
        _listeners = new ListenerTable(processes, _paths);
        processes.IsConnected = _dependencies.IsConnected;
    }

    /// <summary>The process table is used under this lock only.</summary>
    public Lock Gate => _gate;

    /// <summary>A flow event told of a dependency that no reading of the counters has had yet.</summary>
    public bool SawNewDependency { get; private set; }

    /// <summary>A flow event told of a listening endpoint since the last reading.</summary>
    public bool SawNewListener { get; private set; }

    /// <summary>
    /// A report must say first who listens now: what is counted after that may be meant for another service, and the operator can tell the two
    /// apart only by the report they come in.
    /// </summary>
    public bool HasUntoldListener
    {
        get
        {
            lock (_gate)
            {
                return _listeners.HasUntold;
            }
        }
    }

    /// <summary>How many flow events a second the operator wants; null while there is none.</summary>
    public int? WantedEventsPerSecond
    {
        get
        {
            lock (_gate)
            {
                return _budget;
            }
        }
    }

    /// <summary>The capture is asked for the events that there are.</summary>
    public void BeginEvents() => _processes.BeginTurn();

    public void EndEvents() => _processes.EndTurn();

    public void BeginCounters(ReadingTime now)
    {
        // First who has ended or become another program: what is read then is not theirs.
        _processes.Sweep();
        _dependencies.Begin(now);
        _listeners.Begin(now);
        SawNewDependency = false;
        SawNewListener = false;
    }

    public void OnDependency(in DependencyKey key, in DependencyCounters counters) => _dependencies.Read(key, counters);

    public void OnPath(in Address endpoint, string path) => _paths.Learn(endpoint, path);

    public void OnListener(in ServiceKey key, in ServiceOwner owner) => _listeners.Read(key, owner);

    public void OnUnsentConnect(in DependencyKey key, in Comm comm, ulong cgroupId) => _dependencies.AddUnsent(key, comm, cgroupId);

    public void OnName(in NamePayload header, ReadOnlySpan<byte> payload, ulong timeUs)
    {
        if (_names.Learn(header, payload, timeUs))
        {
            _dependencies.NamesChanged();
            // A hello comes after its connection was told of: its name should not wait for the next reading.
            SawNewDependency |= header.Kind == Name.Tls;
        }
    }

    public void OnLosses(ReadOnlySpan<ulong> byReason) => byReason.CopyTo(_lossByReason);

    public void OnSelfCheck(Protocol.SelfCheck result)
    {
        _selfCheck = result;
        _totalsChanged = true;
    }

    public void OnWire(string networkInterface, in WireCounters totals, uint connections)
    {
        var now = new WireCount { Interface = networkInterface, Packets = totals.Packets, Bytes = totals.Bytes, Connections = connections };
        _totalsChanged |= !_wires.TryGetValue(networkInterface, out var before) || !now.Equals(before);
        _wires[networkInterface] = now;
    }

    public void OnProgramRuns(in BpfProgramRuns runs)
    {
        if (runs.Runs == 0 || (_runs.TryGetValue(runs.Program, out var before) && before.Runs == runs.Runs))
        {
            return;
        }

        _runs[runs.Program] = new ProgramRuns { Program = runs.Program, Runs = runs.Runs, RunTimeNs = runs.Nanoseconds };
        _totalsChanged = true;
    }

    public void EndCounters(Func<DependencyKey, DependencyCounters?> forget)
    {
        _listeners.End();
        _dependencies.End(forget);
        ForgetUnusedProcesses();
        var losses = MakeLosses();
        _totalsChanged |= !losses.Equals(_losses);
        _losses = losses;
    }

    public void OnFlowEvent(in Capture.FlowEvent flowEvent, ulong timeUs)
    {
        uint process = _processes.Observe(flowEvent.Pid, flowEvent.Comm, flowEvent.CgroupId, flowEvent.NetnsCookie, flowEvent.Start);
        if (flowEvent.Kind == Capture.FlowKind.Listening || flowEvent.Transport == UnixSockets.Transport)
        {
            // There is nothing to tell of: the process is looked at while it is there, and the counters are read at once, before
            // anything is counted for who listens from now on.
            SawNewDependency = true;
            if (flowEvent.Kind == Capture.FlowKind.Listening)
            {
                SawNewListener = true;
                _listeners.NoteBeginning(
                    new ServiceKey { NetnsCookie = flowEvent.NetnsCookie, Address = flowEvent.LocalAddress, Port = flowEvent.LocalPort, Transport = flowEvent.Transport },
                    flowEvent.Cookie, process, timeUs);
            }

            return;
        }

        SawNewDependency |= _dependencies.IsNew(KeyOf(flowEvent), timeUs);
        _events.TryAdd(FlowEventMessage.From(flowEvent, timeUs, process));
    }

    public override IEnumerable<Report> Full()
    {
        Queue<IMessage> items;
        lock (_gate)
        {
            // Messages are small and built at once, so that the tables may change while the report is on its way.
            items = new Queue<IMessage>(_processes.Records.Select(record => (IMessage)record.ToMessage())
                .Concat(_listeners.Open).Concat(_dependencies.States.Select(state => state.ToMessage())));
            if (_losses is not null)
            {
                items.Enqueue(_losses);
            }

            if (_selfCheck is not null)
            {
                items.Enqueue(_selfCheck);
            }

            foreach (var wire in _wires.Values)
            {
                items.Enqueue(wire);
            }

            foreach (var runs in _runs.Values)
            {
                items.Enqueue(runs);
            }
        }

        var packer = new ReportPacker();
        while (items.TryPeek(out var item))
        {
            if (Add(packer, item))
            {
                items.Dequeue();
                continue;
            }

            yield return packer.Report;
            packer.Clear();
        }

        yield return packer.Report;
    }

    public override Report? NextChanges()
    {
        lock (_gate)
        {
            if (!_processes.HasChanges && !_listeners.HasChanges && !_dependencies.HasChanges && !_totalsChanged)
            {
                return null;
            }

            _packer.Clear();
            // Bounded batches of items that are each bounded stay far below gRPC's limit, so all of them go into one report. Processes
            // before what refers to them.
            _processes.TakeChanged(_changedProcesses, MaxChangesAtOnce);
            _packer.Report.Processes.AddRange(_changedProcesses);
            _changedProcesses.Clear();
            if (!_processes.HasChanges)
            {
                AddListenersAndDependencies();
            }

            if (_totalsChanged)
            {
                _packer.Report.Losses = _losses;
                _packer.Report.WireCounts.AddRange(_wires.Values);
                _packer.Report.ProgramRuns.AddRange(_runs.Values);
                _packer.Report.SelfCheck = _selfCheck;
                _totalsChanged = false;
            }

            return _packer.Report;
        }
    }

    public override void FlowEventBudget(uint? eventsPerSecond)
    {
        lock (_gate)
        {
            _budget = eventsPerSecond is { } wanted ? (int)Math.Min(wanted, 100_000) : null;
        }
    }

    private void AddListenersAndDependencies()
    {
        _listeners.TakeChanged(_changedListeners);
        _packer.Report.Listeners.AddRange(_changedListeners);
        _changedListeners.Clear();
        _dependencies.TakeChanged(_changedStates, MaxChangesAtOnce);
        foreach (var state in _changedStates)
        {
            _packer.Report.Dependencies.Add(state.ToMessage());
        }

        _changedStates.Clear();
    }

    // Numbers that nothing refers to any more; once a minute, as it looks at everything.
    private void ForgetUnusedProcesses()
    {
        if (++_readings % ReadingsBetweenForgetting != 0)
        {
            return;
        }

        var used = _dependencies.States.Select(state => state.Key.ProcessNumber).Concat(_listeners.ProcessNumbers).ToHashSet();
        foreach (uint number in _processes.Records.Select(record => record.Number).Where(number => !used.Contains(number)).ToList())
        {
            _processes.Forget(number);
        }
    }

    private Losses MakeLosses()
    {
        var losses = new Losses
        {
            FlowEventsDropped = _lossByReason[(int)Loss.RingFull] + (ulong)_events.Dropped,
            FlowEventsSuppressed = _lossByReason[(int)Loss.EventSuppressed],
            Unattributed = _lossByReason[(int)Loss.Unattributed],
        };
        AddOverflow(losses, "dependency_map", _lossByReason[(int)Loss.DependencyFull]);
        AddOverflow(losses, "flow_map", _lossByReason[(int)Loss.FlowFull]);
        AddOverflow(losses, "service_map", _lossByReason[(int)Loss.ServiceFull]);
        AddOverflow(losses, "pid_map", _lossByReason[(int)Loss.PidFull]);
        AddOverflow(losses, "name_ring", _lossByReason[(int)Loss.NameDropped]);
        AddOverflow(losses, "agent_names", _names.Dropped);
        AddOverflow(losses, "agent_dependencies", _dependencies.Overflows);
        AddOverflow(losses, "agent_processes", (ulong)_processes.Unheld);
        AddOverflow(losses, "agent_listeners", _listeners.Untold);
        return losses;
    }

    private static void AddOverflow(Losses losses, string map, ulong count)
    {
        if (count > 0)
        {
            losses.CounterOverflows.Add(map, count);
        }
    }

    private static bool Add(ReportPacker packer, IMessage item) => item switch
    {
        Process process => packer.TryAdd(process),
        Listener listener => packer.TryAdd(listener),
        Dependency dependency => packer.TryAdd(dependency),
        Losses losses => packer.TrySet(losses),
        Protocol.SelfCheck check => packer.TrySet(check),
        WireCount wire => packer.TryAdd(wire),
        ProgramRuns runs => packer.TryAdd(runs),
        _ => throw new InvalidOperationException($"a report has no {item.Descriptor.Name}"),
    };

    private static DependencyKey KeyOf(in Capture.FlowEvent flowEvent) => flowEvent.Role == Capture.Role.Server
        ? new DependencyKey
        {
            NetnsCookie = flowEvent.NetnsCookie,
            ServerAddress = flowEvent.LocalAddress,
            PeerAddress = flowEvent.RemoteAddress,
            Pid = flowEvent.Pid,
            Start = flowEvent.Start,
            ServerPort = flowEvent.LocalPort,
            Role = flowEvent.Role,
            Transport = flowEvent.Transport,
        }
        : new DependencyKey
        {
            NetnsCookie = flowEvent.NetnsCookie,
            ServerAddress = flowEvent.RemoteAddress,
            Pid = flowEvent.Pid,
            Start = flowEvent.Start,
            ServerPort = flowEvent.RemotePort,
            Role = flowEvent.Role,
            Transport = flowEvent.Transport,
        };
}
