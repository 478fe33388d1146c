using Tendril.Bpf;

namespace Tendril.Agent.Tests.Capture;

/// <summary>Asking a kernel what it allows. That older ones answer rightly is what scripts/kernel-matrix.sh shows.</summary>
public sealed class KernelFeaturesTests
{
    [Fact]
    [Trait("Category", "Kernel")]
    public void A_helper_that_every_kernel_has_is_found_and_one_that_none_has_is_not()
    {
        const int MapLookup = 1, NoSuch = 100_000;
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "having the kernel verify programs needs root");

        Assert.True(KernelFeatures.HasHelper(KernelFeatures.SocketCallbacks, MapLookup));
        Assert.False(KernelFeatures.HasHelper(KernelFeatures.SocketCallbacks, NoSuch));
    }
}
