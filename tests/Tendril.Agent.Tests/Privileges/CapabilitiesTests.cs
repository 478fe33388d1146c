using Tendril.Agent.Privileges;

namespace Tendril.Agent.Tests.Privileges;

public sealed class CapabilitiesTests
{
    private const ulong Everything = (1UL << 41) - 1;

    [Theory]
    [InlineData(0, "none")]
    [InlineData(Capabilities.SysPtrace | Capabilities.SysAdmin, "CAP_SYS_PTRACE, CAP_SYS_ADMIN")]
    [InlineData(Capabilities.Bpf | (1UL << 60), "CAP_BPF, CAP_60")]
    public void A_set_reads_as_its_names(ulong set, string text) => Assert.Equal(text, Capabilities.Describe(set));

    [Theory]
    [InlineData(Everything, Capabilities.SysPtrace | Capabilities.DacReadSearch | Capabilities.SysAdmin)]
    [InlineData(Everything & ~Capabilities.SysAdmin, Capabilities.SysPtrace | Capabilities.DacReadSearch | Capabilities.Bpf)]
    [InlineData(Capabilities.Bpf | Capabilities.NetAdmin | Capabilities.Perfmon, Capabilities.Bpf)]
    [InlineData(0, 0)]
    public void What_is_kept_is_what_is_used_of_what_was_held(ulong held, ulong kept) => Assert.Equal(kept, Confinement.KeptOf(held));

    [Fact]
    public void The_sets_of_a_thread_are_read_from_proc()
    {
        var (effective, permitted) = Capabilities.OfThread("/proc/thread-self");

        Assert.Equal(effective, effective & permitted);
        Assert.Equal((0UL, 0UL), Capabilities.OfThread("/proc/self/task/0"));
    }
}
