using System.Runtime.InteropServices;
using Tendril.Agent.Capture;
using Tendril.Agent.Identity;
using Tendril.Agent.Names;

namespace Tendril.Agent.Dependencies;

/// <summary>
/// From the kernel's keys (by pid) to the wire's (by process number): adds up what each counted between two readings. Owned by the
/// capture loop's thread.
/// </summary>
/// <remarks>
/// Bounded twice. A kernel key is forgotten when its process is gone and its connections have ended, or when it was silent for long.
/// A state is forgotten when it was silent for an hour, or, the longest silent first, when there are too many; should it come back, it does so
/// under a new generation, so that totals at the operator never go backwards. Where there is no place all the same, in the table or among its
/// process's, a new one is counted with its process's "others", as the kernel does.
/// </remarks>
/// <param name="maxStates">A sixteenth of it is for "others".</param>
/// <param name="maxOfProcess">Of one process number in one role.</param>
internal sealed class DependencyTable(ProcessTable processes, NameCache names, UnixPaths paths, int maxStates, int maxOfProcess)
{
    private const ulong ForgetDeadAfterUs = 2_000_000;
    private const ulong ForgetSilentAfterUs = 600_000_000;
    private const ulong ForgetStateAfterUs = 3_600_000_000;
    private const int MaxForgottenAtOnce = 4096;

    private readonly Dictionary<DependencyKey, Source> _sources = [];
    private readonly Dictionary<ReportKey, DependencyState> _states = [];
    private readonly Dictionary<(uint ProcessNumber, Role Role), int> _ofProcesses = [];
    private readonly List<DependencyState> _changed = [];
    private readonly FirstTimes _firstTimes = new();
    private readonly List<DependencyKey> _forgettable = [];
    private uint _generation;
    private bool _namesChanged;
    private ReadingTime _now;
    private ulong _foundFullUs;

    /// <summary>Whether connections of a number are open, as of the last reading.</summary>
    public bool IsConnected(uint processNumber) =>
        _sources.Values.Any(source => source.State?.Key.ProcessNumber == processNumber && source.Last.Opened > source.Last.Closed);

    /// <summary>States there are now.</summary>
    public int Count => _states.Count;

    /// <summary>Connections that found no place, cumulative: the table was full of states that are in use.</summary>
    public ulong Overflows { get; private set; }

    public IEnumerable<DependencyState> States => _states.Values;

    /// <summary>True while there is something that <see cref="TakeChanged"/> would give.</summary>
    public bool HasChanges => _changed.Count > 0;

    public void Begin(ReadingTime now)
    {
        _now = now;
        _forgettable.Clear();
    }

    /// <summary>Takes the time of a flow event of this key.</summary>
    /// <returns>True when no reading has had the key yet.</returns>
    public bool IsNew(in DependencyKey key, ulong timeUs)
    {
        if (_sources.ContainsKey(key))
        {
            return false;
        }

        _firstTimes.Note(key, timeUs);
        return true;
    }

    /// <summary>A name was learned: dependencies that have none may be meant.</summary>
    public void NamesChanged() => _namesChanged = true;

    /// <summary>Takes one reading of a kernel key's counters.</summary>
    public void Read(in DependencyKey key, in DependencyCounters counters)
    {
        ref var source = ref CollectionsMarshal.GetValueRefOrAddDefault(_sources, key, out bool known);
        if (!known)
        {
            source = new Source();
        }
        else if (Same(source!.Last, counters))
        {
            NoteIfForgettable(key, source);
            return;
        }

        if (source!.State is null || (key.Role == Role.Client && IsAnothers(key, source)))
        {
            Assign(source, key, counters);
        }

        // Counters that went back are those of a key that was forgotten and came back.
        var before = counters.Opened < source.Last.Opened || counters.Failed < source.Last.Failed ? default : source.Last;
        if (source.State is { } state)
        {
            state.Add(counters, before, _now);
            MarkChanged(state);
        }
        else
        {
            Overflows += counters.Opened - before.Opened + counters.Failed - before.Failed;
        }

        source.Last = counters;
        source.ChangedUs = _now.Micros;
        source.WasGone = false;
    }

    /// <summary>A connect that failed before the kernel sent anything, so that no kernel key may have it.</summary>
    public void AddUnsent(in DependencyKey key, in Comm comm, ulong cgroupId)
    {
        var state = StateFor(key, comm, cgroupId);
        if (state is null)
        {
            Overflows++;
            return;
        }

        state.AddUnsent(_now.Micros);
        MarkChanged(state);
    }

    /// <summary>Gives up kernel keys that will not count again, and states that were silent for long.</summary>
    /// <param name="forget">Removes a key from the kernel and gives its last counters; null when it was not there.</param>
    public void End(Func<DependencyKey, DependencyCounters?> forget)
    {
        foreach (var key in _forgettable)
        {
            if (!_sources.Remove(key, out var source))
            {
                continue;
            }

            if (forget(key) is { } last && !Same(last, source.Last) && source.State is { } state)
            {
                state.Add(last, source.Last, _now);
                MarkChanged(state);
            }

            if (source.State is { } left)
            {
                left.Sources--;
            }
        }

        ForgetStates();
        NameLate();
    }

    /// <summary>Hands over the states that changed, at most <paramref name="max"/>; the rest stays for the next call.</summary>
    public void TakeChanged(ICollection<DependencyState> into, int max)
    {
        int taken = Math.Min(max, _changed.Count);
        for (int i = 0; i < taken; i++)
        {
            _changed[i].Changed = false;
            into.Add(_changed[i]);
        }

        _changed.RemoveRange(0, taken);
    }

    // It ran another program since; or, on kernels that do not tell when a process began: one that is gone cannot have connected since,
    // another has its pid now.
    private bool IsAnothers(in DependencyKey key, Source source) =>
        (key.Start == 0 && source.WasGone) || processes.HasBecomeAnother(key.Pid, key.Start, source.State!.Key.ProcessNumber);

    private void Assign(Source source, in DependencyKey key, in DependencyCounters counters)
    {
        if (source.State is { } old)
        {
            old.Sources--;
        }

        source.State = StateFor(key, counters.Comm, counters.CgroupId);
        if (source.State is { } state)
        {
            state.Sources++;
        }
    }

    private DependencyState? StateFor(in DependencyKey key, in Comm comm, ulong cgroupId)
    {
        uint number = processes.Observe(key.Pid, comm, cgroupId, key.NetnsCookie, key.Start);
        // A Unix socket's path means the same in every network namespace. A client's peer is its server.
        var reportKey = new ReportKey(
            key.Transport == UnixSockets.Transport ? 0 : key.NetnsCookie, number, key.Role, key.Transport, key.ServerAddress, key.ServerPort,
            key.Role == Role.Server ? key.PeerAddress : default);
        if (_states.TryGetValue(reportKey, out var state))
        {
            return state;
        }

        if (!HasPlace(reportKey))
        {
            reportKey = reportKey.Others();
            if (_states.TryGetValue(reportKey, out state))
            {
                return state;
            }

            if (_states.Count >= maxStates)
            {
                return null;
            }
        }

        state = new DependencyState(reportKey, _generation, _firstTimes.Take(key, _now.Micros));
        _states.Add(reportKey, state);
        CollectionsMarshal.GetValueRefOrAddDefault(_ofProcesses, (number, key.Role), out _)++;
        state.Path = key.Transport == UnixSockets.Transport ? paths.Find(key.ServerAddress) : "";
        FindName(key, state);
        return state;
    }

    private bool HasPlace(in ReportKey key)
    {
        if (_ofProcesses.GetValueOrDefault((key.ProcessNumber, key.Role)) >= maxOfProcess)
        {
            return false;
        }

        int most = maxStates - (maxStates / 16);
        // Once for each reading: it looks at everything.
        if (_states.Count >= most && _foundFullUs != _now.Micros)
        {
            ForgetSilentest(maxStates / 8);
            _foundFullUs = _states.Count >= most ? _now.Micros : 0;
        }

        return _states.Count < most;
    }

    // A TLS hello comes after its connection; DNS answers may, too, in the ring.
    private void NameLate()
    {
        if (!_namesChanged)
        {
            return;
        }

        _namesChanged = false;
        foreach (var (key, source) in _sources)
        {
            if (source.State is { } state && state.Name is null or { Source: Protocol.NameSource.Tls } && FindName(key, state))
            {
                MarkChanged(state);
            }
        }
    }

    private bool FindName(in DependencyKey key, DependencyState state)
    {
        if (key.Role != Role.Client || names.Find(key.NetnsCookie, key.Pid, key.ServerAddress, _now.Micros) is not { } name || state.Name == name)
        {
            return false;
        }

        state.Name = name;
        return true;
    }

    private void MarkChanged(DependencyState state)
    {
        if (!state.Changed)
        {
            state.Changed = true;
            _changed.Add(state);
        }
    }

    private void NoteIfForgettable(in DependencyKey key, Source source)
    {
        ulong silentUs = _now.Micros - Math.Min(_now.Micros, source.ChangedUs);
        if (silentUs < ForgetDeadAfterUs || source.Last.Opened != source.Last.Closed || _forgettable.Count >= MaxForgottenAtOnce)
        {
            return;
        }

        source.WasGone = key.Role == Role.Client && !processes.IsAlive(key.Pid, key.Start);
        if (source.WasGone || silentUs >= ForgetSilentAfterUs)
        {
            _forgettable.Add(key);
        }
    }

    private void ForgetStates()
    {
        bool any = false;
        foreach (var (key, state) in _states)
        {
            if (state.Sources == 0 && !state.Changed && _now.Micros - Math.Min(_now.Micros, state.LastSeenUs) >= ForgetStateAfterUs)
            {
                any |= Remove(key);
            }
        }

        if (any)
        {
            _generation++;
        }
    }

    private void ForgetSilentest(int count)
    {
        var victims = _states.Values.Where(state => state is { Sources: 0, Changed: false }).OrderBy(state => state.LastSeenUs).Take(count).ToList();
        foreach (var victim in victims)
        {
            Remove(victim.Key);
        }

        if (victims.Count > 0)
        {
            _generation++;
        }
    }

    private bool Remove(in ReportKey key)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_ofProcesses, (key.ProcessNumber, key.Role), out _);
        if (--count <= 0)
        {
            _ofProcesses.Remove((key.ProcessNumber, key.Role));
        }

        return _states.Remove(key);
    }

    private static bool Same(in DependencyCounters a, in DependencyCounters b) =>
        a.Opened == b.Opened && a.Closed == b.Closed && a.Failed == b.Failed && a.BytesSent == b.BytesSent
        && a.BytesReceived == b.BytesReceived && a.Retransmits == b.Retransmits && a.RttCount == b.RttCount
        && a.DatagramsSent == b.DatagramsSent && a.DatagramsReceived == b.DatagramsReceived;

    /// <summary>One kernel key: what it had counted at the last reading, and where that was added.</summary>
    private sealed class Source
    {
        public DependencyState? State;
        public DependencyCounters Last;
        public ulong ChangedUs;
        public bool WasGone;
    }
}
