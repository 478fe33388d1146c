using System.Diagnostics;

namespace Tendril.Operator.Naming;

/// <summary>This process, so that its own traffic can be left out of the graph.</summary>
/// <param name="BootId">Of the machine that it runs on; null where that cannot be read.</param>
/// <param name="Pid">As it sees itself: in a container another than the host's.</param>
/// <param name="Started">The same wherever it is seen from.</param>
internal sealed record OperatorProcess(string? BootId, uint Pid, DateTimeOffset Started, string ExeName)
{
    // Agents reckon it from when the host was booted, which the kernel tells in whole seconds (btime of /proc/stat).
    private static readonly TimeSpan Inexact = TimeSpan.FromSeconds(2);

    public static OperatorProcess Current()
    {
        const string BootIdFile = "/proc/sys/kernel/random/boot_id";
        var bootId = File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : null;
        using var self = Process.GetCurrentProcess();
        return new(bootId, (uint)self.Id, self.StartTime.ToUniversalTime(), ProgramName.Of(Environment.ProcessPath ?? ""));
    }

    /// <summary>In a container our own pid is small and is another program's outside, so the name must fit as well.</summary>
    public bool Is(ProcessFacts process) => process.ExeName == ExeName && (process.Pid == Pid || (process.StartTime - Started).Duration() < Inexact);
}
