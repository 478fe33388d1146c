using Tendril.Agent.Identity;

namespace Tendril.Agent.Tests.Identity;

public sealed class ProcessCgroupTests
{
    private const string Id = "3f4e1b2a9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f";

    [Theory]
    [InlineData("0::/a\n", "/a")]
    [InlineData("9:name=systemd:/s\n8:pids:/p\n0::/\n", "/s")]
    [InlineData("9:name=systemd:/s\n0::/v2\n", "/v2")]
    [InlineData("4:memory:/m\n0::/\n", "/")]
    [InlineData("0::/a.scope (deleted)\n", "/a.scope")]
    [InlineData("4:memory:/m\n", "")]
    [InlineData("", "")]
    [InlineData("0:\n::\nx", "")]
    [InlineData("0::/../../system.slice/nginx.service\n", "/system.slice/nginx.service")]
    [InlineData("0::/../..\n", "/")]
    [InlineData("0::/..a/b\n", "/..a/b")]
    // Docker on a host with v1 alone, and with both: systemd follows the daemon's unit, the controllers the container.
    [InlineData("12:pids:/docker/" + Id + "\n5:cpu,cpuacct:/docker/" + Id + "\n1:name=systemd:/docker/" + Id + "\n", "/docker/" + Id)]
    [InlineData("4:memory:/docker/" + Id + "\n1:name=systemd:/system.slice/docker.service\n0::/system.slice/docker.service\n", "/docker/" + Id)]
    [InlineData("4:memory:/docker/" + Id + "\n1:name=systemd:/docker/" + Id + "/system.slice/nginx.service\n0::/\n", "/docker/" + Id + "/system.slice/nginx.service")]
    [InlineData("5:cpu,cpuacct:/kubepods/burstable/pod1/" + Id + "\n0::/\n", "/kubepods/burstable/pod1/" + Id)]
    [InlineData("11:devices:/docker/" + Id + "\n1:name=systemd:/system.slice/sshd.service\n", "/system.slice/sshd.service")]
    [InlineData("8:pids:/lxc/web\n1:name=systemd:/\n", "/lxc/web")]
    [InlineData("8:pids:/ecs/55091c13b8a14c4e84b5ef3a9f3e1fd0/" + Id + "\n", "/ecs/55091c13b8a14c4e84b5ef3a9f3e1fd0/" + Id)]
    public void The_cgroup_is_the_one_that_says_most(string text, string expected) => Assert.Equal(expected, ProcessCgroup.Find(text));

    [Theory]
    [InlineData("/docker/" + Id, Id)]
    [InlineData("/system.slice/docker-" + Id + ".scope", Id)]
    [InlineData("/machine.slice/libpod-" + Id + ".scope/container", Id)]
    [InlineData("/docker/" + Id + "/system.slice/nginx.service", Id)]
    [InlineData("/system.slice/containerd.service/kubepods-burstable-pod1.slice:cri-containerd:" + Id, Id)]
    [InlineData("/docker/1111111111111111111111111111111111111111111111111111111111111111/kubepods/pod1/" + Id, Id)]
    [InlineData("/machine.slice/libpod-conmon-" + Id + ".scope", "")]
    [InlineData("/system.slice/docker-0" + Id + ".scope", "")]
    [InlineData("/system.slice/nginx.service", "")]
    [InlineData("/", "")]
    [InlineData("", "")]
    public void A_containers_id_is_the_innermost(string path, string expected) => Assert.Equal(expected, ProcessCgroup.ContainerId(path));
}
