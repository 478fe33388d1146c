using Tendril.Agent.Identity;

namespace Tendril.Agent.Tests.Identity;

public sealed class HostIdentityTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("tendril-host").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("4f0c\n", "4f0c")]
    [InlineData("uninitialized\n", "boot")]
    [InlineData("", "boot")]
    [InlineData(null, "boot")]
    public void Without_a_machine_id_it_is_the_boot_id(string? machineId, string expected)
    {
        Directory.CreateDirectory(Path.Combine(_root, "etc"));
        Directory.CreateDirectory(Path.Combine(_root, "proc/sys/kernel/random"));
        File.WriteAllText(Path.Combine(_root, "proc/sys/kernel/random/boot_id"), "boot\n");
        if (machineId is not null)
        {
            File.WriteAllText(Path.Combine(_root, "etc/machine-id"), machineId);
        }

        Assert.Equal((expected, "boot"), (HostIdentity.Read(_root).MachineId, HostIdentity.Read(_root).BootId));
    }

    [Fact]
    public void Reads_this_machine()
    {
        var host = HostIdentity.Read(HostFiles.Root);
        Assert.InRange(host.MachineId.Length, 1, 64);
        Assert.Equal(Environment.MachineName, host.Hostname.Split('.')[0]);
        Assert.NotEmpty(host.KernelRelease);
        Assert.All(host.Addresses, address => Assert.Equal(16, address.Length));
    }

    [Fact]
    public void A_host_that_tells_nothing_is_empty() => Assert.Equal("", HostIdentity.Read("/nowhere").Hostname);
}
