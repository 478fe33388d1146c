namespace Tendril.Operator.Naming;

/// <summary>This process, so that its own traffic can be left out of the graph.</summary>
/// <param name="BootId">Of the machine that it runs on; null where that cannot be read.</param>
internal sealed record OperatorProcess(string? BootId, uint Pid, string ExeName)
{
    public static OperatorProcess Current()
    {
        const string BootIdFile = "/proc/sys/kernel/random/boot_id";
        var bootId = File.Exists(BootIdFile) ? File.ReadAllText(BootIdFile).Trim() : null;
        return new(bootId, (uint)Environment.ProcessId, ProgramName.Of(Environment.ProcessPath ?? ""));
    }

    /// <summary>In a container our own pid is small and is another program's outside, so the name must fit as well.</summary>
    public bool Is(ProcessFacts process) => process.Pid == Pid && process.ExeName == ExeName;
}
