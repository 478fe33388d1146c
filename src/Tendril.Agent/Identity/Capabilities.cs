using System.Globalization;

namespace Tendril.Agent.Identity;

/// <summary>The privileges of this process.</summary>
internal static class Capabilities
{
    /// <summary>What attaching needs, for messages.</summary>
    public const string Needed = "CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON (to load and attach), CAP_SYS_PTRACE and CAP_SYS_ADMIN (to look into other processes and namespaces)";

    /// <summary>The effective set, as in /proc/self/status; 0 when it cannot be read.</summary>
    public static ulong Effective()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("CapEff:", StringComparison.Ordinal))
            {
                return ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong held) ? held : 0;
            }
        }

        return 0;
    }
}
