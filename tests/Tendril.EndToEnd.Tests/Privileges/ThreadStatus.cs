using System.Globalization;

namespace Tendril.EndToEnd.Tests.Privileges;

/// <summary>What /proc says of a thread's rights.</summary>
internal sealed record ThreadStatus(
    string Name, ulong Permitted, ulong Effective, ulong Inheritable, ulong Bounding, ulong Ambient, bool NoNewPrivileges, bool IsFiltered)
{
    public const ulong DacReadSearch = 1UL << 2, SysPtrace = 1UL << 19, SysAdmin = 1UL << 21;

    /// <summary>All threads that a process has now.</summary>
    public static IReadOnlyList<ThreadStatus> OfAll(int pid) =>
        [.. Directory.EnumerateDirectories($"/proc/{pid}/task").Select(thread => TryRead(thread + "/status")).OfType<ThreadStatus>()];

    private static ThreadStatus? TryRead(string file)
    {
        try
        {
            var fields = File.ReadLines(file).Select(line => line.Split(':', 2)).ToDictionary(parts => parts[0], parts => parts[1].Trim());
            return new ThreadStatus(
                fields["Name"], Set("CapPrm"), Set("CapEff"), Set("CapInh"), Set("CapBnd"), Set("CapAmb"), fields["NoNewPrivs"] == "1", fields["Seccomp"] == "2");

            ulong Set(string name) => ulong.Parse(fields[name], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
