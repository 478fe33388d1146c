using System.Collections.Immutable;
using Tendril.Protocol;

namespace Tendril.Agent.Identity;

/// <summary>One number of the wire: a process, or a succession of short-lived ones of the same program. Changed only by its <see cref="ProcessTable"/>.</summary>
internal sealed class ProcessRecord(uint number)
{
    public uint Number { get; } = number;

    public uint Pid { get; internal set; }

    public ulong StartTimeUs { get; internal set; }

    public string Comm { get; internal set; } = "";

    public string Exe { get; internal set; } = "";

    public IReadOnlyList<string> Arguments { get; internal set; } = [];

    public string Cgroup { get; internal set; } = "";

    public ulong NetworkNamespace { get; internal set; }

    /// <summary>What its environment calls the service; empty when it does not.</summary>
    public string ServiceName { get; internal set; } = "";

    /// <summary>What is known of its container, and the name of its network namespace.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; internal set; } = ImmutableDictionary<string, string>.Empty;

    public ulong Instances { get; internal set; }

    /// <summary>How many of its processes run now; above one only for records that had to be shared.</summary>
    public int Living { get; internal set; }

    /// <summary>It has listened: its number is never given to another process.</summary>
    public bool Listened { get; internal set; }

    /// <summary>Where it is looked for when the next process of the program comes; null for the shared "other" record.</summary>
    internal Lineage? Lineage { get; set; }

    internal bool Changed { get; set; }

    /// <summary>Pids whose events would still come under this number.</summary>
    internal int Tracked { get; set; }

    public Process ToMessage()
    {
        var message = new Process
        {
            Number = Number,
            Pid = Pid,
            StartTimeUs = StartTimeUs,
            Comm = Comm,
            Exe = Exe,
            Cgroup = Cgroup,
            NetworkNamespace = NetworkNamespace,
            Alive = Living > 0,
            Instances = Instances,
            ServiceName = ServiceName,
        };
        message.Arguments.Add(Arguments);
        message.Labels.Add(Labels.ToDictionary());
        return message;
    }
}

/// <summary>The records of one fingerprint that a next process may join: the living, and the gone that never listened.</summary>
internal sealed class Lineage(ProgramKey program, IReadOnlyList<string> arguments, string serviceName)
{
    public ProgramKey Program { get; } = program;

    public IReadOnlyList<string> Arguments { get; } = arguments;

    public string ServiceName { get; } = serviceName;

    /// <summary>Nothing but the program is known, or there was no room to tell its processes apart.</summary>
    public bool IsPlain => Arguments.Count == 0 && ServiceName.Length == 0;

    public List<ProcessRecord> Records { get; } = [];

    /// <summary>Where the last look for a process that has gone ended, so that each is looked at in its turn.</summary>
    public int NextLook { get; set; }
}

/// <summary>A program in its place: what two processes have in common that are the same but for their arguments.</summary>
/// <param name="Exe">Empty when it was gone before it could be read; then <paramref name="Comm"/> stands for it.</param>
/// <param name="Comm">Zero when the executable is known: threads rename themselves.</param>
/// <param name="Cgroup">Empty when the path is not known; then <paramref name="CgroupId"/> stands for it.</param>
internal readonly record struct ProgramKey(string Exe, UInt128 Comm, string Cgroup, ulong CgroupId, ulong NetworkNamespace);
