using System.Runtime.InteropServices;

namespace Tendril.Agent.Privileges;

/// <summary>
/// The agent goes before ordinary programs: on a machine that is fully at work it would else be late to look at processes that soon are gone, and to tell
/// what was counted before a port changed hands from what was counted after. It works too little for others to feel that.
/// </summary>
internal static partial class Priority
{
    private const int OfThread = 0; // PRIO_PROCESS, which on Linux is one thread; those that it starts later have it as well
    private const int Nice = -10;

    /// <summary>Of the calling thread. Does nothing where that is not allowed (no CAP_SYS_NICE).</summary>
    public static void Raise() => _ = SetPriority(OfThread, 0, Nice);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);
}
