using Tendril.Bpf;

namespace Tendril.Agent.Capture;

/// <summary>What this kernel allows in socket callbacks (sockops), where helpers came one by one over the years; by trying, as distributions backport.</summary>
/// <param name="Process">Whose system call it is: process, name and cgroup. All of them only after 6.12.</param>
/// <param name="NamespaceCookie">The cookie of the socket's network namespace. Since 5.15.</param>
/// <param name="Task">The kernel's own task as a typed pointer.</param>
/// <param name="CopyKernelMemory">Reading the kernel's memory: since 5.8, and not under lockdown=confidentiality.</param>
/// <param name="CoarseClock">The cheap clock. Since 5.11.</param>
/// <param name="CompareAndSwap">The instruction. Since 5.12; also a matter of the processor's JIT.</param>
internal readonly record struct CallbackFeatures(bool Process, bool NamespaceCookie, bool Task, bool CopyKernelMemory, bool CoarseClock, bool CompareAndSwap)
{
    private const int CurrentPid = 14, CurrentComm = 16, CurrentCgroup = 80, ProbeReadKernel = 113, NetnsCookie = 122, CurrentTask = 158, CoarseNs = 160;

    /// <summary>Asks the kernel; some ten loads of a few instructions.</summary>
    public static CallbackFeatures Find() => new(
        Has(CurrentPid) && Has(CurrentComm) && Has(CurrentCgroup),
        Has(NetnsCookie),
        Has(CurrentTask),
        Has(ProbeReadKernel),
        Has(CoarseNs),
        KernelFeatures.HasCompareAndSwap());

    private static bool Has(int helper) => KernelFeatures.HasHelper(KernelFeatures.SocketCallbacks, helper);
}
