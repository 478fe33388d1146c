using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Tendril.Agent.Identity;

/// <summary>What tells one process from another that has its pid later, and whether it has become another program.</summary>
/// <param name="StartTimeUs">Microseconds since the Unix epoch, in steps of 10,000.</param>
/// <param name="Comm">The kernel's name of the main thread, 16 bytes, NUL-padded.</param>
/// <param name="Stack">Where its stack begins: the same for forks, another after execve, by chance; 0 when not told.</param>
/// <param name="Start">The same in 1/100 s since the boot, as the kernel side has it; 0 when not told.</param>
internal readonly record struct ProcessStat(ulong StartTimeUs, UInt128 Comm, uint Start = 0, ulong Stack = 0);

/// <summary>What /proc says of a process. A field that could not be read is empty.</summary>
internal sealed record ProcessFacts(
    uint Pid, ProcessStat Stat, string Comm, string Exe, IReadOnlyList<string> Arguments, string Cgroup, ulong NetworkNamespaceInode)
{
    /// <summary>What its environment calls the service; empty when it does not.</summary>
    public string ServiceName { get; init; } = "";

    /// <summary>Read as in the middle of execve, when neither the former program nor all of the new one is told: to be read again.</summary>
    public bool InExecve { get; init; }
}

/// <summary>
/// Reads /proc/PID. A process may vanish, or its files lie, at any moment: what cannot be read is empty, and nothing throws.
/// One thread at a time: the path buffer is shared between calls so that a look at a process allocates nothing.
/// </summary>
internal sealed class ProcReader : IProcessReader
{
    // Jiffies as user space sees them (USER_HZ) are 1/100 s on every architecture Linux runs .NET on.
    private const ulong MicrosPerTick = 10_000;
    private const int ThreadsField = 20;
    private const int StartTimeField = 22;
    private const int StackField = 28;
    private const int MaxCgroupBytes = 8192;
    private const int MaxRootBytes = 256;
    // A class path alone may be tens of kilobytes, and the class's name stands after it.
    private const int MaxTextBytes = 64 * 1024;
    private const string Deleted = " (deleted)";
    // execve is between its two halves for 0.1 ms, longer where the files come from a disk; a look takes half of that.
    private const int MaxLooks = 4;

    private readonly byte[] _path = new byte[MaxRootBytes + 40];
    // Pinned, so that the collector leaves no copy of somebody's secrets behind when it moves things.
    private readonly byte[] _text = GC.AllocateArray<byte>(MaxTextBytes, pinned: true);
    private readonly Discretion _discretion;
    private readonly int _rootLength;
    private readonly ulong _bootTimeUs;

    /// <param name="root">"/proc"; another for tests.</param>
    /// <param name="discretion">How much is captured; null: only what names the program.</param>
    public ProcReader(string root = "/proc", Discretion? discretion = null)
    {
        _discretion = discretion ?? new Discretion(Words: false, []);
        _rootLength = Encoding.UTF8.GetBytes(root, _path.AsSpan(0, MaxRootBytes));
        _bootTimeUs = ReadBootTime(root);
    }

    /// <summary>How long this process had run at a moment of CLOCK_MONOTONIC, in nanoseconds: to some ten milliseconds, as /proc/uptime and its own start are told; 0 where they are not.</summary>
    public long MillisecondsFromStart(ulong monotonicNs)
    {
        Span<byte> text = stackalloc byte[64];
        int length = Libc.ReadFile("/proc/uptime\0"u8, text);
        if (length <= 0 || !Utf8Parser.TryParse(text[..length], out double uptime, out _) || !TryReadStat((uint)Environment.ProcessId, out var own))
        {
            return 0;
        }

        const long MillisecondsPerTick = (long)MicrosPerTick / 1000;
        double since = (Capture.MonotonicClock.Nanoseconds() - monotonicNs) / 1e6;
        return Math.Max(0, (long)((uptime * 1000) - since) - (own.Start * MillisecondsPerTick));
    }

    /// <summary>Start time and name; false when there is no such process. Allocates nothing.</summary>
    public bool TryReadStat(uint pid, out ProcessStat stat)
    {
        Span<byte> text = stackalloc byte[1024];
        var length = Libc.ReadFile(Path(pid, "stat"u8), text);
        if (length > 0 && TryParseStat(text[..length], out var ticks, out var stack, out var comm))
        {
            stat = new ProcessStat(_bootTimeUs + ticks * MicrosPerTick, Pack(comm), (uint)ticks, stack);
            return true;
        }

        stat = default;
        return false;
    }

    /// <summary>
    /// All that is told of a process; null when it is gone, or another took its pid during the read. Looks a few times more at one that
    /// is becoming another program.
    /// </summary>
    public ProcessFacts? Read(uint pid)
    {
        for (var looks = 1; ; looks++)
        {
            var facts = Look(pid);
            if (facts is not { InExecve: true } || looks == MaxLooks)
            {
                return facts;
            }

            Thread.Yield();
        }
    }

    /// <summary>Path of the executable, also when its file has been replaced since; empty for kernel threads and where it may not be read.</summary>
    public string ReadExe(uint pid)
    {
        var target = Libc.ReadLink(Path(pid, "exe"u8));
        return target.EndsWith(Deleted, StringComparison.Ordinal) ? target[..^Deleted.Length] : target;
    }

    /// <summary>The kernel's form of a name: at most 15 bytes and NULs. Names that are equal as bytes are equal here.</summary>
    public static UInt128 Pack(ReadOnlySpan<byte> comm)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        var end = comm.IndexOf((byte)0);
        comm = end < 0 ? comm : comm[..end];
        comm[..Math.Min(comm.Length, 15)].CopyTo(bytes);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>The name as text; bytes that are not UTF-8 show as replacement characters.</summary>
    public static string Unpack(UInt128 comm)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, comm);
        return Encoding.UTF8.GetString(bytes[..bytes.IndexOf((byte)0)]);
    }

    // "pid (comm) S ppid ...": comm may hold spaces and parentheses, so it ends at the last ')'.
    internal static bool TryParseStat(ReadOnlySpan<byte> text, out ulong startTicks, out ulong stack, out ReadOnlySpan<byte> comm)
    {
        (startTicks, stack) = (0, 0);
        var open = text.IndexOf((byte)'(');
        var close = text.LastIndexOf((byte)')');
        comm = open >= 0 && close > open ? text[(open + 1)..close] : default;
        if (close < 0 || close <= open)
        {
            return false;
        }

        var rest = text[(close + 1)..];
        var exited = false;
        for (var field = 3; field <= StackField; field++)
        {
            var space = rest.IndexOf((byte)' ');
            if (space < 0)
            {
                return false;
            }

            rest = rest[(space + 1)..];
            exited |= field == 3 && !rest.IsEmpty && rest[0] is (byte)'Z' or (byte)'X' or (byte)'x';
            if (field == ThreadsField && exited && Utf8Parser.TryParse(rest, out int threads, out _) && threads <= 1)
            {
                // A zombie whose parent is late to notice; with more threads only its main thread has ended.
                return false;
            }

            if (field == StartTimeField && !Utf8Parser.TryParse(rest, out startTicks, out _))
            {
                return false;
            }
        }

        return Utf8Parser.TryParse(rest, out stack, out _);
    }

    private ProcessFacts? Look(uint pid)
    {
        if (!TryReadStat(pid, out var before))
        {
            return null;
        }

        var exe = ReadExe(pid);
        var arguments = ReadArguments(pid, exe, out var told);
        var facts = new ProcessFacts(pid, before, Unpack(before.Comm), exe, arguments, ReadCgroup(pid), ReadNetworkNamespace(pid))
        {
            ServiceName = ReadServiceName(pid),
        };
        if (!TryReadStat(pid, out var after) || after.StartTimeUs != before.StartTimeUs)
        {
            return null;
        }

        // The kernel (fs/exec.c, fs/binfmt_elf.c) gives a new program its memory first, then says where its stack begins, then its arguments,
        // and the stack's beginning anew. Seen under load, too: none of it told, nor the executable, of a process that lived on.
        return exe.Length == 0 || !told || after.Stack != before.Stack ? facts with { InExecve = true } : facts;
    }

    private string[] ReadArguments(uint pid, string exe, out bool told)
    {
        var length = Libc.ReadFile(Path(pid, "cmdline"u8), _text);
        told = length > 0;
        string[] kept = length <= 0 ? [] : _discretion.Of(NamingArguments.Keep(exe, _text.AsSpan(0, length), cut: length == _text.Length, _discretion.Words));
        _text.AsSpan(0, Math.Max(length, 0)).Clear();
        return kept;
    }

    private string ReadServiceName(uint pid)
    {
        var length = Libc.ReadFile(Path(pid, "environ"u8), _text);
        var name = length <= 0 ? "" : _discretion.Of(ServiceNameVariable.Find(_text.AsSpan(0, length)));
        _text.AsSpan(0, Math.Max(length, 0)).Clear();
        return name;
    }

    private string ReadCgroup(uint pid)
    {
        Span<byte> text = stackalloc byte[MaxCgroupBytes];
        var length = Libc.ReadFile(Path(pid, "cgroup"u8), text);
        return length <= 0 ? "" : ProcessCgroup.Find(Encoding.UTF8.GetString(text[..length]));
    }

    // "net:[4026531840]"
    private ulong ReadNetworkNamespace(uint pid)
    {
        var target = Libc.ReadLink(Path(pid, "ns/net"u8)).AsSpan();
        return target.StartsWith("net:[") && target.EndsWith("]") && ulong.TryParse(target[5..^1], out var inode) ? inode : 0;
    }

    private ReadOnlySpan<byte> Path(uint pid, ReadOnlySpan<byte> file)
    {
        var at = _rootLength;
        _path[at++] = (byte)'/';
        Utf8Formatter.TryFormat(pid, _path.AsSpan(at), out var digits);
        at += digits;
        _path[at++] = (byte)'/';
        file.CopyTo(_path.AsSpan(at));
        at += file.Length;
        _path[at++] = 0;
        return _path.AsSpan(0, at);
    }

    // Read once: the kernel derives it from the wall clock, and a start time must not move when that is set.
    private static ulong ReadBootTime(string root)
    {
        try
        {
            foreach (var line in File.ReadLines(System.IO.Path.Combine(root, "stat")))
            {
                if (line.StartsWith("btime ", StringComparison.Ordinal) && ulong.TryParse(line.AsSpan(6), out var seconds))
                {
                    return seconds * 1_000_000;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without it start times count from the boot; they still tell processes apart.
        }

        return 0;
    }
}
