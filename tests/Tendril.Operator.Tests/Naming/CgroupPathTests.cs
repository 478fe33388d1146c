using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Naming;

public class CgroupPathTests
{
    private const string Id = "3f4e1b2a9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f";

    // Paths as systemd 252, Docker 24, containerd 1.6, CRI-O 1.27 and Podman 4.3 make them.
    [Theory]
    [InlineData("/system.slice/nginx.service", null, "nginx")]
    [InlineData("/system.slice/system-postgresql.slice/postgresql@15-main.service", null, "postgresql@15-main")]
    [InlineData("/system.slice/system-getty.slice/getty@tty1.service", null, "getty@tty1")]
    [InlineData(@"/system.slice/dev-my\x2dapp.service", null, "dev-my-app")]
    [InlineData("/user.slice/user-1000.slice/session-3.scope", null, null)]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/init.scope", null, null)]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service", null, "syncthing")]
    [InlineData("/system.slice/docker-" + Id + ".scope", Id, null)]
    [InlineData("/docker/" + Id, Id, null)]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1234.slice/cri-containerd-" + Id + ".scope", Id, null)]
    [InlineData("/kubepods/burstable/pod0a1b2c3d/" + Id, Id, null)]
    [InlineData("/kubepods.slice/kubepods-pod1.slice/crio-" + Id + ".scope", Id, null)]
    [InlineData("/machine.slice/libpod-" + Id + ".scope/container", Id, null)]
    [InlineData("/machine.slice/libpod-conmon-" + Id + ".scope", null, null)]
    [InlineData("/system.slice/containerd.service", null, "containerd")]
    [InlineData("/", null, null)]
    [InlineData("", null, null)]
    public void Containers_and_units_are_found_in_real_paths(string path, string? container, string? unit) =>
        Assert.Equal(new CgroupPath(container, unit), CgroupPath.Parse(path));
}
