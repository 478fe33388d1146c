using Tendril.Protocol;

namespace Tendril.Agent.Identity;

/// <summary>
/// Gives each process its number on the wire, as <c>Process</c> in proto/tendril/v1/agent.proto promises: a number stands for one process,
/// or for a succession of short-lived ones of the same program; counters under it never move to another program.
/// Bounded: at most <c>maxRecords</c> numbers, beyond which new processes share one called "other", counted. Owned by one thread.
/// </summary>
internal sealed class ProcessTable(
    IProcessReader proc, CgroupPaths cgroups, TimeProvider time, int maxRecords = ProcessTable.DefaultMaxRecords, PlaceLabels? labels = null)
{
    public const int DefaultMaxRecords = 8192;

    /// <summary>Processes of one fingerprint that run at the same time and are told apart; more share the last one's number.</summary>
    public const int MaxTwins = 64;

    /// <summary>How long events of a process may come in after it was found gone.</summary>
    public static readonly TimeSpan Tombstone = TimeSpan.FromSeconds(10);

    // Pids are forgotten soon after their process, sooner in a flood of short-lived ones; about 200 bytes each.
    private const int MaxTracked = 32_768;

    private const int MaxFormers = 4096;

    // Living records looked at for one that has gone since the last sweep, for each new process; 10 microseconds each.
    private const int LooksForGone = 8;

    private readonly TrackedProcesses _tracked = new(MaxTracked);
    private readonly Lineages _lineages = new();
    private readonly ProcessRecords _records = new(maxRecords);
    private readonly Dictionary<(uint Pid, uint Start), ProcessRecord> _formers = [];

    private uint _turn;
    private bool _isTurn;

    /// <summary>Numbers there are now, the shared one included.</summary>
    public int Count => _records.Count;

    /// <summary>Processes that had to be put under "other", cumulative.</summary>
    public long Unheld { get; private set; }

    /// <summary>Whether connections of a number's processes are open.</summary>
    public Func<uint, bool> IsConnected { private get; set; } = _ => false;

    /// <summary>True when <see cref="TakeChanged"/> has something to give.</summary>
    public bool HasChanges => _records.HasChanges;

    /// <summary>All records, for a full report.</summary>
    public IReadOnlyCollection<ProcessRecord> Records => _records.All;

    /// <summary>True while the process that was last seen under this pid was not found gone.</summary>
    public bool IsAlive(uint pid, uint start = 0) => _tracked.Find(pid) is { Alive: true } known && !Differ(known.Stat.Start, start);

    /// <summary>True when a process that runs under this pid is not, or no longer, the one of this number: it ran another program, or is another process.</summary>
    public bool HasBecomeAnother(uint pid, uint start, uint number) =>
        _tracked.Find(pid) is { } known
            ? known.Alive && known.Record.Number != number && !Differ(known.Stat.Start, start)
            : proc.TryReadStat(pid, out var stat) && !Differ(stat.Start, start);

    public ProcessRecord? Find(uint number) => _records.Find(number);

    /// <summary>
    /// The number of the process that the kernel saw connect or listen. Costs one read of /proc/PID/stat (10 microseconds, nothing
    /// allocated) for a known process, once a turn, 45 microseconds for a new one.
    /// </summary>
    /// <param name="comm">The kernel's name for it, perhaps a thread's, up to the first NUL; empty when not told.</param>
    /// <param name="cgroupId">0 when not told.</param>
    /// <param name="networkNamespace">The namespace's cookie.</param>
    /// <param name="start">When it began, in 1/100 s since the boot, so that it is not taken for another that had or has its pid; 0 when not told.</param>
    public uint Observe(uint pid, ReadOnlySpan<byte> comm, ulong cgroupId, ulong networkNamespace, uint start = 0)
    {
        if (pid == 0)
        {
            return 0;
        }

        var sighting = new Sighting(pid, ProcReader.Pack(comm), cgroupId, networkNamespace, start);
        if (_tracked.Find(pid) is { } known)
        {
            if (Differ(known.Stat.Start, start) && (int)(start - known.Stat.Start) < 0)
            {
                return FormerRecord(sighting).Number;
            }

            if (IsSame(known, sighting))
            {
                LearnThread(known, sighting);
                return known.Record.Number;
            }

            MarkGone(known);
            RememberFormer(known.Pid, known.Stat.Start, known.Record);
            _tracked.Forget(known);
        }

        var facts = proc.Read(pid);
        return Add(sighting, facts is not null && Differ(facts.Stat.Start, start) ? null : facts).Number;
    }

    /// <summary>
    /// What is observed until <see cref="EndTurn"/> has all happened before: each process is looked at once, however many sightings of it there are.
    /// </summary>
    public void BeginTurn() => (_turn, _isTurn) = (_turn + 1, true);

    public void EndTurn() => _isTurn = false;

    private static bool Differ(uint one, uint other) => one != other && one != 0 && other != 0;

    // What a pid stood for before another process got it; a few seconds of events and counters may still come.
    private void RememberFormer(uint pid, uint start, ProcessRecord record)
    {
        if (_formers.Count >= MaxFormers)
        {
            _formers.Clear();
        }

        _formers[(pid, start)] = record;
    }

    private ProcessRecord FormerRecord(in Sighting seen)
    {
        if (_formers.TryGetValue((seen.Pid, seen.Start), out var former) && _records.Find(former.Number) == former)
        {
            return former;
        }

        var record = RecordForGone(seen);
        record.Instances++;
        _records.MarkChanged(record);
        RememberFormer(seen.Pid, seen.Start, record);
        return record;
    }

    /// <summary>A listener belongs to this number: no other process gets it.</summary>
    public void MarkListening(uint number)
    {
        if (_records.Find(number) is { Listened: false } record && record != _records.Other)
        {
            record.Listened = true;
            if (record.Living == 0)
            {
                _lineages.Remove(record);
            }
        }
    }

    /// <summary>Looks whether processes still run, at most <paramref name="maxLooks"/> of them, each in its turn; 10 microseconds each. Call once a second.</summary>
    public void Sweep(int maxLooks = 512)
    {
        _tracked.ForgetGoneBefore(time.GetTimestamp() - (long)(Tombstone.TotalSeconds * time.TimestampFrequency));
        for (var looks = Math.Min(maxLooks, _tracked.Living); looks > 0 && _tracked.NextLiving() is { } process; looks--)
        {
            LookAgain(process);
        }
    }

    /// <summary>
    /// Drops a record that nothing refers to any more. Numbers are not used again.
    /// </summary>
    /// <returns>False, and nothing is changed, while one of its processes runs or may still send events.</returns>
    public bool Forget(uint number)
    {
        if (_records.Find(number) is not { } record)
        {
            return true;
        }

        if (record.Living > 0 || record.Tracked > 0 || record == _records.Other)
        {
            return false;
        }

        _lineages.Remove(record);
        _records.Remove(record);
        return true;
    }

    /// <summary>Adds all records that changed since the last call, at most <paramref name="max"/>; the rest comes with the next call.</summary>
    public void TakeChanged(ICollection<Process> into, int max = int.MaxValue) => _records.TakeChanged(into, max);

    // Whether what was just seen under a known pid is the known process: it runs, or it has gone lately and the place is the same.
    private bool IsSame(TrackedProcess known, in Sighting seen)
    {
        if (_isTurn && known.Alive && known.LookedAtIn == _turn && !Differ(known.Stat.Start, seen.Start))
        {
            return true;
        }

        known.LookedAtIn = _turn;
        if (proc.TryReadStat(known.Pid, out var stat))
        {
            if (Differ(stat.Start, seen.Start))
            {
                // The pid is another process's by now.
                MarkGone(known);
                return known.Stat.Start == seen.Start;
            }

            return known.Alive && stat.StartTimeUs == known.Stat.StartTimeUs && (IsSameProgram(known, stat) || TryBecome(known));
        }

        MarkGone(known);
        return time.GetElapsedTime(known.GoneAt) <= Tombstone
            && (seen.CgroupId == known.CgroupId || seen.CgroupId == 0 || known.CgroupId == 0)
            && (seen.NetworkNamespace == known.NetworkNamespace || seen.NetworkNamespace == 0 || known.NetworkNamespace == 0);
    }

    // A new name may be a new program (execve keeps pid and start time) or only a new title.
    private bool IsSameProgram(TrackedProcess known, in ProcessStat stat)
    {
        // The same name may be another script of the same interpreter. The stack that is there half-way through execve is not the last one.
        if (stat.Stack != known.Stat.Stack && stat.Stack != 0 && (known.Stat.Stack != 0 || known.InExecve))
        {
            return false;
        }

        if (stat.Comm == known.Stat.Comm)
        {
            return true;
        }

        if (proc.ReadExe(known.Pid) != known.Record.Exe)
        {
            return false;
        }

        known.Stat = stat;
        if (known.Record.Pid == known.Pid)
        {
            known.Record.Comm = ProcReader.Unpack(stat.Comm);
            _records.MarkChanged(known.Record);
        }

        return true;
    }

    private void LookAgain(TrackedProcess process)
    {
        if (!proc.TryReadStat(process.Pid, out var stat) || stat.StartTimeUs != process.Stat.StartTimeUs)
        {
            MarkGone(process);
        }
        else if (!IsSameProgram(process, stat) && !TryBecome(process))
        {
            MarkGone(process);
            _tracked.Forget(process);
        }
    }

    // A process that runs another program (execve) takes its open connections along: the record becomes the new program's, where it stands for
    // this process alone. What stood for more, or is over, stays with the former program; one that was only seen half-way through execve
    // never was another.
    private bool TryBecome(TrackedProcess process)
    {
        var record = process.Record;
        if (record.Instances != 1 || record.Lineage is null || (!process.InExecve && !IsConnected(record.Number))
            || proc.Read(process.Pid) is not { } facts)
        {
            return false;
        }

        if (facts.InExecve && !process.InExecve)
        {
            // The next look tells what it becomes.
            process.InExecve = true;
            return true;
        }

        if (facts.Exe.Length == 0)
        {
            return false;
        }

        _lineages.Remove(record);
        var seen = new Sighting(process.Pid, facts.Stat.Comm, process.CgroupId, process.NetworkNamespace, facts.Stat.Start);
        Join(record, LineageOf(seen, facts));
        record.Comm = facts.Comm;
        process.Stat = facts.Stat;
        process.InExecve = facts.InExecve;
        _records.MarkChanged(record);
        return true;
    }

    private ProcessRecord Add(in Sighting seen, ProcessFacts? facts)
    {
        var tracked = _tracked.MakeRoom();
        var record = !tracked ? _records.GetOther() : facts is null ? RecordForGone(seen) : RecordFor(seen, facts);
        if (record == _records.Other)
        {
            Unheld++;
        }

        if (tracked)
        {
            var process = new TrackedProcess(seen.Pid, record, seen.CgroupId, seen.NetworkNamespace) { InExecve = facts is { InExecve: true } };
            _tracked.Add(process, facts?.Stat, seen.Start, time.GetTimestamp());
        }

        record.Instances++;
        record.Living += facts is null || record == _records.Other ? 0 : 1;
        if (record != _records.Other)
        {
            record.Pid = seen.Pid;
            record.StartTimeUs = facts?.Stat.StartTimeUs ?? record.StartTimeUs;
        }

        _records.MarkChanged(record);
        return record;
    }

    private ProcessRecord RecordFor(in Sighting seen, ProcessFacts facts)
    {
        var record = Place(LineageOf(seen, facts), seen);
        if (record != _records.Other)
        {
            record.Comm = facts.Comm;
        }

        return record;
    }

    private Lineage LineageOf(in Sighting seen, ProcessFacts facts)
    {
        labels?.Learn(seen.NetworkNamespace, facts.NetworkNamespaceInode);
        var cgroup = facts.Cgroup.Length > 0 ? facts.Cgroup : cgroups.Find(seen.CgroupId);
        var program = KeyOf(facts.Exe, facts.Stat.Comm, cgroup, seen);
        if (facts.Exe.Length > 0)
        {
            Adopt(seen, facts, program);
            Learn(seen, facts, program);
        }

        return _lineages.Of(program, facts.Arguments, facts.ServiceName);
    }

    private ProcessRecord RecordForGone(in Sighting seen)
    {
        if (_lineages.TryGuess(seen.Comm, seen.CgroupId, seen.NetworkNamespace, out var program))
        {
            // Its arguments nobody knows: another script than the one that still runs, as likely as not.
            return Place(_lineages.Of(program, [], ServiceNameOf(program)), seen);
        }

        return Place(_lineages.Of(KeyOf("", seen.Comm, cgroups.Find(seen.CgroupId), seen), []), seen);
    }

    // A program that runs scripts runs them for many; any other one is as likely to be of the same service as it was before.
    private string ServiceNameOf(in ProgramKey program) => NamingArguments.IsRuntime(program.Exe) ? "" : _lineages.ServiceNameOf(program);

    // Both names lead to the program: the main thread's, and that of the thread the kernel met.
    private void Learn(in Sighting seen, ProcessFacts facts, in ProgramKey program)
    {
        _lineages.Learn(facts.Stat.Comm, seen.CgroupId, seen.NetworkNamespace, program);
        if (seen.Comm != 0 && seen.Comm != facts.Stat.Comm)
        {
            _lineages.Learn(seen.Comm, seen.CgroupId, seen.NetworkNamespace, program);
        }
    }

    // A short-lived process of the program may be met in the same thread when it is already gone.
    private void LearnThread(TrackedProcess known, in Sighting seen)
    {
        if (known.Alive && seen.Comm != 0 && seen.Comm != known.Stat.Comm && seen.Comm != known.Thread && known.Record.Lineage is { Program.Exe.Length: > 0 } lineage)
        {
            known.Thread = seen.Comm;
            _lineages.Learn(seen.Comm, known.CgroupId, known.NetworkNamespace, lineage.Program);
        }
    }

    // Earlier processes of the program that were gone too soon have a record by comm alone. Now the executable is known, and so is
    // theirs: the record gets it and keeps its number, so that the program is not two.
    private void Adopt(in Sighting seen, ProcessFacts facts, in ProgramKey program)
    {
        var nameless = KeyOf("", facts.Stat.Comm, cgroups.Find(seen.CgroupId), seen);
        if (_lineages.HasLearned(facts.Stat.Comm, seen.CgroupId, seen.NetworkNamespace) || _lineages.Existing(nameless) is not { } lineage)
        {
            return;
        }

        foreach (var record in lineage.Records.Where(record => record.Living == 0).ToArray())
        {
            _lineages.Remove(record);
            Join(record, _lineages.Of(program, [], NamingArguments.IsRuntime(program.Exe) ? "" : facts.ServiceName));
            _records.MarkChanged(record);
        }
    }

    private static ProgramKey KeyOf(string exe, UInt128 comm, string cgroup, in Sighting seen)
        => new(exe, exe.Length > 0 ? 0 : comm, cgroup, cgroup.Length > 0 ? 0 : seen.CgroupId, seen.NetworkNamespace);

    // A record of the lineage whose process has gone, or a new one, or the last one when there are too many.
    private ProcessRecord Place(Lineage lineage, in Sighting seen)
    {
        var records = lineage.Records;
        if (FindGone(lineage) is { } gone)
        {
            return gone;
        }

        if (records.Count >= MaxTwins)
        {
            return records[^1];
        }

        if (_records.TryCreate() is not { } record)
        {
            _lineages.DropIfEmpty(lineage);
            return _records.GetOther();
        }

        record.Comm = ProcReader.Unpack(seen.Comm);
        record.NetworkNamespace = seen.NetworkNamespace;
        Join(record, lineage);
        return record;
    }

    private void Join(ProcessRecord record, Lineage lineage)
    {
        lineage.Records.Add(record);
        record.Lineage = lineage;
        record.Exe = lineage.Program.Exe;
        record.Cgroup = lineage.Program.Cgroup;
        record.Arguments = lineage.Arguments;
        record.ServiceName = lineage.ServiceName;
        record.Labels = labels?.Of(record.Cgroup, record.NetworkNamespace) ?? record.Labels;
    }

    private ProcessRecord? FindGone(Lineage lineage)
    {
        var records = lineage.Records;
        foreach (var record in records)
        {
            if (record is { Living: 0, Listened: false })
            {
                return record;
            }
        }

        for (var looks = Math.Min(LooksForGone, records.Count); looks > 0 && records.Count > 0; looks--)
        {
            lineage.NextLook = lineage.NextLook + 1 < records.Count ? lineage.NextLook + 1 : 0;
            var record = records[lineage.NextLook];
            if (!record.Listened && _tracked.Find(record.Pid) is { Alive: true } process && process.Record == record)
            {
                LookAgain(process);
                if (record.Living == 0)
                {
                    return record;
                }
            }
        }

        return null;
    }

    private void MarkGone(TrackedProcess process)
    {
        if (!process.Alive)
        {
            return;
        }

        _tracked.MarkGone(process, time.GetTimestamp());
        var record = process.Record;
        if (record == _records.Other)
        {
            return;
        }

        if (--record.Living == 0)
        {
            _records.MarkChanged(record);
            if (record.Listened)
            {
                _lineages.Remove(record);
            }
        }
    }

    private readonly record struct Sighting(uint Pid, UInt128 Comm, ulong CgroupId, ulong NetworkNamespace, uint Start);
}
