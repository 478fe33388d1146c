using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Tendril.Agent.Privileges;

/// <summary>Linux capabilities, as a set of bits, and those of threads.</summary>
internal static unsafe partial class Capabilities
{
    /// <summary>What attaching needs, for messages.</summary>
    public const string Needed = "CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (to load and attach), CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH and CAP_SYS_ADMIN (to look into other processes and namespaces)";

    public const ulong DacReadSearch = 1UL << 2, NetAdmin = 1UL << 12, SysPtrace = 1UL << 19, SysAdmin = 1UL << 21, Perfmon = 1UL << 38, Bpf = 1UL << 39;

    private const uint Version3 = 0x20080522;
    private const int BoundingDrop = 24, Ambient = 47, AmbientClearAll = 4;

    // By number, from linux/capability.h; those after it are shown by number.
    private static readonly string[] Names =
    [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
        "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN",
        "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE",
        "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
    ];

    /// <summary>The calling thread's effective set; 0 when it cannot be read.</summary>
    public static ulong Effective() => OfThread("/proc/thread-self").Effective;

    /// <summary>The sets of a thread; both are 0 when it is gone.</summary>
    /// <param name="directory">Its directory below /proc.</param>
    public static (ulong Effective, ulong Permitted) OfThread(string directory)
    {
        ulong effective = 0, permitted = 0;
        try
        {
            foreach (var line in File.ReadLines(directory + "/status"))
            {
                effective |= Read(line, "CapEff:");
                permitted |= Read(line, "CapPrm:");
            }
        }
        catch (IOException)
        {
            // It has ended.
        }

        return (effective, permitted);
    }

    /// <summary>Leaves the calling thread, and those it starts, with these and no others, and no way to others by running a program.</summary>
    /// <returns>0, or the error's number.</returns>
    public static int KeepOnly(ulong kept)
    {
        for (var number = 0; prctl(BoundingDrop, (nuint)number, 0, 0, 0) == 0; number++)
        {
        }

        _ = prctl(Ambient, AmbientClearAll, 0, 0, 0);
        kept &= OfThread("/proc/thread-self").Permitted;
        // struct __user_cap_header_struct and two of __user_cap_data_struct: effective, permitted, inheritable, of 32 bits each.
        uint* header = stackalloc uint[2] { Version3, 0 };
        uint* data = stackalloc uint[6] { (uint)kept, (uint)kept, 0, (uint)(kept >> 32), (uint)(kept >> 32), 0 };
        return capset(header, data) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>"CAP_SYS_PTRACE, CAP_SYS_ADMIN", or "none".</summary>
    public static string Describe(ulong set)
    {
        var names = new List<string>();
        for (; set != 0; set &= set - 1)
        {
            var number = BitOperations.TrailingZeroCount(set);
            names.Add(number < Names.Length ? "CAP_" + Names[number] : "CAP_" + number.ToString(CultureInfo.InvariantCulture));
        }

        return names.Count == 0 ? "none" : string.Join(", ", names);
    }

    private static ulong Read(string line, string name) =>
        line.StartsWith(name, StringComparison.Ordinal) && ulong.TryParse(line.AsSpan(name.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong set) ? set : 0;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int capset(uint* header, uint* data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
