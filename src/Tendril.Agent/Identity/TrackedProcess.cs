namespace Tendril.Agent.Identity;

/// <summary>A pid that was seen, as long as events of its process may still come.</summary>
internal sealed class TrackedProcess(uint pid, ProcessRecord record, ulong cgroupId, ulong networkNamespace)
{
    public uint Pid { get; } = pid;

    public ProcessRecord Record { get; } = record;

    public ulong CgroupId { get; } = cgroupId;

    public ulong NetworkNamespace { get; } = networkNamespace;

    /// <summary>As /proc last told; default when it was gone before it was seen.</summary>
    public ProcessStat Stat { get; set; }

    /// <summary>It was read in the middle of execve: what its record says is not known to be so.</summary>
    public bool InExecve { get; set; }

    /// <summary>The thread that it was last met in, where that is not named as the process is.</summary>
    public UInt128 Thread { get; set; }

    /// <summary>The turn in which it was last looked at.</summary>
    public uint LookedAtIn { get; set; }

    public bool Alive { get; internal set; }

    /// <summary>Timestamp of when it was found gone.</summary>
    public long GoneAt { get; internal set; }

    /// <summary>Its place among the living.</summary>
    internal int Slot { get; set; }
}

/// <summary>
/// The pids that were seen: the living in the order in which they are looked at, the gone in the order in which they are forgotten.
/// Holds at most a fixed count; when it is full, the one that has been gone longest makes room.
/// </summary>
internal sealed class TrackedProcesses(int capacity)
{
    private readonly Dictionary<uint, TrackedProcess> _byPid = [];
    private readonly List<TrackedProcess> _living = [];
    private readonly Queue<TrackedProcess> _gone = [];
    private int _next;

    public int Living => _living.Count;

    public int Count => _byPid.Count;

    public TrackedProcess? Find(uint pid) => _byPid.GetValueOrDefault(pid);

    /// <summary>Makes sure that one more has room; false when as many live.</summary>
    public bool MakeRoom()
    {
        while (_byPid.Count >= capacity && _gone.TryDequeue(out var oldest))
        {
            Forget(oldest);
        }

        return _byPid.Count < capacity;
    }

    /// <param name="start">Of one that is gone already, in 1/100 s since the boot; 0 when not told.</param>
    public void Add(TrackedProcess process, ProcessStat? living, uint start, long now)
    {
        _byPid.Add(process.Pid, process);
        process.Record.Tracked++;
        if (living is { } stat)
        {
            process.Stat = stat;
            process.Alive = true;
            process.Slot = _living.Count;
            _living.Add(process);
        }
        else
        {
            process.Stat = new ProcessStat(0, 0, start);
            process.GoneAt = now;
            _gone.Enqueue(process);
        }
    }

    public void MarkGone(TrackedProcess process, long now)
    {
        var last = _living[^1];
        _living[process.Slot] = last;
        last.Slot = process.Slot;
        _living.RemoveAt(_living.Count - 1);
        process.Alive = false;
        process.GoneAt = now;
        _gone.Enqueue(process);
    }

    /// <summary>Another process has the pid now. It stays in the queue of the gone for a while, where nobody finds it.</summary>
    public void Forget(TrackedProcess process)
    {
        if (_byPid.TryGetValue(process.Pid, out var held) && held == process)
        {
            _byPid.Remove(process.Pid);
            process.Record.Tracked--;
        }
    }

    public void ForgetGoneBefore(long timestamp)
    {
        while (_gone.TryPeek(out var oldest) && oldest.GoneAt < timestamp)
        {
            Forget(_gone.Dequeue());
        }
    }

    /// <summary>The living one to look at next, round and round; null when there is none.</summary>
    public TrackedProcess? NextLiving()
    {
        if (_living.Count == 0)
        {
            return null;
        }

        _next = _next >= _living.Count ? 0 : _next;
        return _living[_next++];
    }
}
