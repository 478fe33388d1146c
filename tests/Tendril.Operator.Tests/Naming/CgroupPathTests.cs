using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Naming;

/// <summary>
/// Paths as the runtimes' own code, their documentation, and other tools' recordings of real hosts have them: kubelet with both drivers, on
/// v1 and v2, below a root of its own (kind) and in cgroup namespaces; Docker, containerd, CRI-O, Podman, LXC, Incus, systemd and the rest.
/// </summary>
public class CgroupPathTests
{
    private const string Id = "3f4e1b2a9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f";
    private const string Outer = "93529524695bb00d91c1f6dba692ea8d3550c3b94fb2463af7bc9ec82f992d26";
    private const string Uid = "2c48913c-b29f-11e7-9350-020968147796";
    private const string UidInUnit = "2c48913c_b29f_11e7_9350_020968147796";
    private const string Static = "2732ca68f6358eba7703fb6f82a25c94";

    [Theory]
    [InlineData("/system.slice/docker-" + Id + ".scope", "docker")]
    [InlineData("/docker/" + Id, "docker")]
    [InlineData("/docker/" + Id + "/init.scope", "docker")]
    [InlineData("/docker/" + Outer + "/docker/" + Id, "docker")] // Docker in Docker
    [InlineData("/system.slice/docker-" + Outer + ".scope/docker/" + Id, "docker")]
    [InlineData("/docker/" + Id + "/system.slice/nginx.service", "docker")] // systemd in a container: the container is the service
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + Id + ".scope", "docker")] // rootless
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/docker-" + Id + ".scope", "docker")]
    [InlineData("/actions_job/" + Id, "docker")]
    [InlineData("/nomad.slice/docker-" + Id + ".scope", "docker")]
    [InlineData("/" + Id, null)] // cgroup namespace, or an old Docker
    [InlineData("/../../" + Id, null)]
    [InlineData("/../docker-" + Id + ".scope", "docker")]
    [InlineData("/../crio-" + Id + ".scope", "cri-o")]
    [InlineData("/system.slice/nerdctl-" + Id + ".scope", "containerd")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/nerdctl-" + Id + ".scope", "containerd")]
    [InlineData("/default/" + Id, null)]
    [InlineData("/machine.slice/libpod-" + Id + ".scope", "podman")]
    [InlineData("/machine.slice/libpod-" + Id + ".scope/container", "podman")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope/container", "podman")]
    [InlineData("/machine.slice/machine-libpod_pod_" + Id + ".slice/libpod-" + Id + ".scope", "podman")]
    [InlineData("/libpod_parent/libpod-" + Id, "podman")]
    [InlineData("/libpod_parent/" + Id + "/libpod-" + Id + "/container", "podman")]
    [InlineData("/ecs/55091c13b8a14c4e84b5ef3a9f3e1fd0/" + Id, "ecs")]
    [InlineData("/ecs/c5a083bd-f0c1-4a43-a4f4-d4b1a5f0b3b2/" + Id, "ecs")]
    [InlineData("/lxc.payload.web/docker/" + Id, "docker")]
    public void A_container_is_found_whoever_made_it(string path, string? runtime)
    {
        var place = CgroupPath.Parse(path);
        Assert.Equal((Id, runtime, null, null), (place.ContainerId, place.Runtime, place.PodUid, place.Unit));
    }

    [Theory]
    [InlineData("/kubepods/pod" + Uid + "/" + Id, null, Uid, "guaranteed")]
    [InlineData("/kubepods/burstable/pod" + Uid + "/" + Id, null, Uid, "burstable")]
    [InlineData("/kubepods/besteffort/pod" + Uid + "/" + Id, null, Uid, "besteffort")]
    [InlineData("/kubepods/besteffort/pod" + Uid + "/" + Id + "/kube-proxy", null, Uid, "besteffort")]
    [InlineData("/kubepods/kubepods/besteffort/pod" + Uid + "/" + Id, null, Uid, "besteffort")] // Docker Desktop
    [InlineData("/kubepods/burstable/pod" + Static + "/" + Id, null, Static, "burstable")] // a static pod
    [InlineData("/kubepods/pod" + Uid + "/crio-" + Id, "cri-o", Uid, "guaranteed")]
    [InlineData("/kubepods.slice/kubepods-pod" + UidInUnit + ".slice/cri-containerd-" + Id + ".scope", "containerd", Uid, "guaranteed")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + UidInUnit + ".slice/cri-containerd-" + Id + ".scope", "containerd", Uid, "burstable")]
    [InlineData("/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" + UidInUnit + ".slice/crio-" + Id + ".scope", "cri-o", Uid, "besteffort")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + UidInUnit + ".slice/crio-" + Id + ".scope/container", "cri-o", Uid, "burstable")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + UidInUnit + ".slice/docker-" + Id + ".scope", "docker", Uid, "burstable")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + Static + ".slice/cri-containerd-" + Id, "containerd", Static, "burstable")]
    [InlineData("/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod" + UidInUnit + ".slice/cri-containerd-" + Id + ".scope", "containerd", Uid, "burstable")]
    [InlineData("/kubelet/kubepods/burstable/pod" + Uid + "/" + Id, null, Uid, "burstable")]
    [InlineData("/docker/" + Outer + "/kubepods/besteffort/pod" + Uid + "/" + Id, null, Uid, "besteffort")] // kind
    [InlineData("/system.slice/docker-" + Outer + ".scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-pod" + UidInUnit + ".slice/cri-containerd-" + Id + ".scope", "containerd", Uid, "guaranteed")]
    [InlineData("/kubepods-besteffort-pod" + UidInUnit + ".slice:cri-containerd:" + Id, "containerd", Uid, "besteffort")]
    [InlineData("/system.slice/containerd.service/kubepods-burstable-pod" + UidInUnit + ".slice:cri-containerd:" + Id, "containerd", Uid, "burstable")]
    [InlineData("/../../../burstable/pod" + Uid + "/" + Id, null, Uid, "burstable")] // another cgroup namespace
    [InlineData("/../../pod" + Static + "/" + Id, null, Static, "guaranteed")]
    [InlineData("/../kubepods-besteffort-pod" + UidInUnit + ".slice/cri-containerd-" + Id + ".scope", "containerd", Uid, "besteffort")]
    public void A_pod_is_found_with_both_drivers_of_the_kubelet(string path, string? runtime, string pod, string qos)
    {
        var place = CgroupPath.Parse(path);
        Assert.Equal((Id, runtime, pod, qos, null), (place.ContainerId, place.Runtime, place.PodUid, place.Qos, place.Unit));
    }

    [Theory]
    [InlineData("/system.slice/nginx.service", "nginx", "system")]
    [InlineData("/system.slice/system-postgresql.slice/postgresql@15-main.service", "postgresql@15-main", "system-postgresql")]
    [InlineData("/system.slice/system-postgresql.slice/postgresql@9.4-main.service", "postgresql@9.4-main", "system-postgresql")]
    [InlineData("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1", "system-getty")]
    [InlineData(@"/system.slice/system-serial\x2dgetty.slice/serial-getty@ttyS0.service", "serial-getty@ttyS0", "system-serial-getty")]
    [InlineData(@"/system.slice/dev-my\x2dapp.service", "dev-my-app", "system")]
    [InlineData("/system.slice/snap.lxd.daemon.service", "snap.lxd.daemon", "system")]
    [InlineData("/system.slice/containerd.service", "containerd", "system")]
    [InlineData("/system.slice/rabbitmq-server.service/payload", "rabbitmq-server", "system")]
    [InlineData("/runtime.slice/kubelet.service", "kubelet", "runtime")]
    [InlineData("/shop.slice/shop-orders.slice/api.service", "api", "shop-orders")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/syncthing.service", "syncthing", "app")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.gnome.Terminal.slice/gnome-terminal-server.service", "gnome-terminal-server", "app-org.gnome.Terminal")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-org.gnome.Evince@12345.service", "org.gnome.Evince", "app")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.kde.amarok.service", "app-org.kde.amarok", "app")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/dbus.service", "dbus", "app")]
    [InlineData(@"/user.slice/user-1000.slice/user@1000.service/app.slice/dbus-:1.2-org.gnome.Nautilus@0.service", "org.gnome.Nautilus", "app")]
    [InlineData("/system.slice/system-sshd.slice/sshd@12-10.0.0.1:22-10.0.0.2:51234.service", "sshd", "system-sshd")] // one for each connection
    [InlineData("/system.slice/system-echo.slice/echo@3-4711-1000.service", "echo", "system-echo")]
    [InlineData("/machine.slice/systemd-nspawn@web.service/supervisor", "systemd-nspawn@web", "machine")]
    [InlineData("/system.slice/web.service/runtime", "web", "system")]
    [InlineData("/../system.slice/nginx.service", "nginx", "system")]
    public void A_unit_is_found_by_the_name_that_it_has_at_each_start(string path, string unit, string slice)
    {
        var place = CgroupPath.Parse(path);
        Assert.Equal((unit, slice, null, null), (place.Unit, place.Slice, place.ContainerId, place.Machine));
    }

    [Theory]
    [InlineData("/lxc.payload.web", "lxc", "web", null)]
    [InlineData("/lxc.payload.web/.lxc", "lxc", "web", null)]
    [InlineData("/lxc.payload.web/init.scope", "lxc", "web", null)]
    [InlineData("/lxc.payload.mail/system.slice/postfix.service", "lxc", "mail", "postfix")]
    [InlineData("/lxc.payload.user-1000_shop", "lxc", "user-1000_shop", null)] // a project of Incus
    [InlineData("/system.slice/lxc.payload.web-01.scope", "lxc", "web-01", null)]
    [InlineData("/lxc.payload/demo", "lxc", "demo", null)]
    [InlineData("/lxc/mysql-primary-db", "lxc", "mysql-primary-db", null)] // v1
    [InlineData("/lxc/101/ns/system.slice/nginx.service", "lxc", "101", "nginx")] // Proxmox
    [InlineData("/lxc.payload.outer/lxc.payload.inner/system.slice/nginx.service", "lxc", "inner", "nginx")]
    [InlineData("/machine.slice/machine-web.scope/system.slice/nginx.service", "machine", "web", "nginx")]
    [InlineData(@"/machine.slice/machine-shop\x2dweb.scope", "machine", "shop-web", null)]
    [InlineData(@"/machine.slice/machine-qemu\x2d3\x2ddb1.scope/libvirt/emulator", "machine", "db1", null)]
    [InlineData("/machine.slice/systemd-nspawn@web.service/payload/init.scope", "machine", "web", null)]
    [InlineData("/machine.slice/systemd-nspawn@web.service/payload/system.slice/getty@tty1.service", "machine", "web", "getty@tty1")]
    [InlineData("/nomad.slice/share.slice/0b2f9ea1-4c52-8e0f-7c3d-1f6f0f5f5a10.redis.scope", "nomad", "redis", null)]
    public void A_machine_is_found_and_the_unit_inside_it(string path, string runtime, string machine, string? unit)
    {
        var place = CgroupPath.Parse(path);
        Assert.Equal((runtime, machine, unit, null), (place.Runtime, place.Machine, place.Unit, place.ContainerId));
    }

    [Theory]
    [InlineData("/user.slice/user-1000.slice/session-3.scope")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/init.scope")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4242.scope")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/app-flatpak-com.valvesoftware.Steam-12345.scope")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.gnome.Terminal.slice/vte-spawn-3037f9a5-939c-4f09-a8f7-811d33c42375.scope")]
    [InlineData("/user.slice/user-1000.slice/user@1000.service/user.slice/podman-1234.scope")]
    [InlineData("/system.slice/run-r0123456789abcdef0123456789abcdef.service")]
    [InlineData("/system.slice/run-u42.service")]
    [InlineData("/system.slice/run-p1234-i5678.service")]
    [InlineData("/machine.slice/libpod-conmon-" + Id + ".scope")]
    [InlineData("/system.slice/crio-conmon-" + Id + ".scope")]
    [InlineData("/kubepods/pod1/crio-conmon-" + Id)]
    [InlineData("/lxc.monitor.web")]
    [InlineData("/lxc.monitor/101")]
    [InlineData("/system.slice/docker-" + Id + "0.scope")]
    [InlineData("/kubepods.slice/kubepods-burstable.slice")]
    [InlineData("/podruntime/kubelet")]
    [InlineData("/init.scope")]
    [InlineData("//////")]
    [InlineData("/")]
    [InlineData("")]
    public void A_session_a_monitor_and_what_systemd_numbers_are_no_service(string path)
    {
        var place = CgroupPath.Parse(path);
        Assert.Equal((null, null, null), (place.ContainerId, place.Unit, place.Machine));
    }

    [Theory]
    [InlineData("/ecs/34dc0b5e626f2c5c4c5170e34b10e765-1234567890", "34dc0b5e626f2c5c4c5170e34b10e765-1234567890", "ecs")]
    [InlineData("/ecs/34dc0b5e626f2c5c4c5170e34b10e765/34dc0b5e626f2c5c4c5170e34b10e765-1234567890", "34dc0b5e626f2c5c4c5170e34b10e765-1234567890", "ecs")]
    [InlineData("/garden/6f265890-5165-7fab-6b52-18d1", "6f265890-5165-7fab-6b52-18d1", "garden")]
    [InlineData("/mesos/0b2f9ea1-4c52-8e0f-7c3d-1f6f0f5f5a10", "0b2f9ea1-4c52-8e0f-7c3d-1f6f0f5f5a10", "mesos")]
    public void Ids_of_other_shapes_are_found_where_their_parent_says_so(string path, string id, string runtime)
    {
        var place = CgroupPath.Parse(path);
        Assert.Equal((id, runtime), (place.ContainerId, place.Runtime));
    }

    [Fact]
    public void A_container_in_the_cgroup_of_its_unit_has_both()
    {
        var place = CgroupPath.Parse("/system.slice/web.service/libpod-payload-" + Id);
        Assert.Equal((Id, "podman", "web"), (place.ContainerId, place.Runtime, place.Unit));
    }
}
