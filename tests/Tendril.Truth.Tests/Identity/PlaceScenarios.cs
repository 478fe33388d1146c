using System.Security.Cryptography;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Identity;

/// <summary>A server in a place that somebody gave a name to: a unit, a container, a pod, a machine.</summary>
public sealed class PlaceScenarios : Scenario
{
    private const string PodUid = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

    /// <summary>Of this run alone, so that its files are nobody else's.</summary>
    private readonly string _id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    [Fact]
    public Task Unit_of_systemd() => IsNamedAsync("shop", "systemd unit", "system.slice/shop.service");

    [Fact]
    public Task Unit_of_a_user() => IsNamedAsync("shop", "systemd unit", "user.slice/user-1000.slice/user@1000.service/app.slice/shop.service");

    [Fact]
    public Task Unit_with_an_escaped_name_in_a_slice_of_its_own() => IsNamedAsync("shop-web", "systemd unit", @"shop.slice/shop\x2dweb.service");

    [Fact]
    public Task Container_of_LXC() => IsNamedAsync("mail", "container name", "lxc.payload.mail");

    [Fact]
    public Task Container_of_nspawn() => IsNamedAsync("mail", "container name", "machine.slice/machine-mail.scope");

    [Fact]
    public Task Unit_inside_a_machine() => IsNamedAsync("shop", "systemd unit", "lxc.payload.mail/system.slice/shop.service");

    [Fact]
    public Task Container_of_Docker() => IsNamedAsync(
        "web", "container name", $"system.slice/docker-{_id}.scope", DockerFile, """{"Name":"/web","Config":{"Image":"shop/web:1.2"}}""");

    [Fact]
    public Task Compose_service() => IsNamedAsync(
        "web", "compose service", $"docker/{_id}", DockerFile,
        """{"Name":"/shop-web-1","Config":{"Labels":{"com.docker.compose.project":"shop","com.docker.compose.service":"web"}}}""");

    [Fact]
    public Task Swarm_service() => IsNamedAsync(
        "web", "compose service", $"system.slice/docker-{_id}.scope", DockerFile,
        """{"Name":"/shop_web.1.x8fk2","Config":{"Labels":{"com.docker.stack.namespace":"shop","com.docker.swarm.service.name":"shop_web"}}}""");

    [Fact]
    public Task Container_of_containerd_by_nerdctl() => IsNamedAsync(
        "web", "container name", $"system.slice/nerdctl-{_id}.scope", $"/run/containerd/io.containerd.runtime.v2.task/default/{_id}/config.json",
        """{"ociVersion":"1.1.0","annotations":{"nerdctl/name":"web"}}""");

    [Fact]
    public Task Pod_by_containerd() => IsNamedAsync(
        "checkout", "Kubernetes workload",
        $"kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod{PodUid.Replace('-', '_')}.slice/cri-containerd-{_id}.scope",
        $"/run/containerd/io.containerd.runtime.v2.task/k8s.io/{_id}/config.json",
        """
        {"annotations":{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.sandbox-name":"checkout-7d9c5b6f4-x2x9z",
        "io.kubernetes.cri.sandbox-namespace":"shop"}}
        """);

    [Fact]
    public Task Pod_by_containerd_without_systemd() => IsNamedAsync(
        "checkout", "Kubernetes workload", $"kubepods/besteffort/pod{PodUid}/{_id}", $"/run/containerd/io.containerd.runtime.v2.task/k8s.io/{_id}/config.json",
        """
        {"annotations":{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.sandbox-name":"checkout-7d9c5b6f4-x2x9z",
        "io.kubernetes.cri.sandbox-namespace":"shop"}}
        """);

    [Fact]
    public Task Stateful_pod_by_CRI_O() => IsNamedAsync(
        "redis", "Kubernetes workload", $"kubepods.slice/kubepods-pod{PodUid.Replace('-', '_')}.slice/crio-{_id}.scope",
        $"/run/containers/storage/overlay-containers/{_id}/userdata/config.json",
        """{"annotations":{"io.kubernetes.container.name":"redis","io.kubernetes.pod.name":"redis-0","io.kubernetes.pod.namespace":"shop"}}""");

    [Fact]
    public Task Container_of_Podman() => IsNamedAsync(
        "db", "container name", $"machine.slice/libpod-{_id}.scope/container", "/var/lib/containers/storage/overlay-containers/containers.json",
        $$"""[{"id":"{{_id}}","names":["db"],"metadata":"{\"image-name\":\"docker.io/library/postgres:16\"}"}]""");

    [Fact]
    public Task Container_of_which_only_the_id_is_known() => IsNamedAsync($"server-{_id[..12]}", "container id", $"system.slice/docker-{_id}.scope");

    private string DockerFile => $"/var/lib/docker/containers/{_id}/config.v2.json";

    private async Task IsNamedAsync(string name, string source, string cgroup, string? file = null, string text = "")
    {
        if (file is not null)
        {
            Own(new RuntimeFile(file, text));
        }

        var place = Own(new CgroupBelow(Cgroup, cgroup));
        var @operator = await WatchAsync();
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:7000", within, place.Enter);
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync($"client -> {name} tcp/7000 opened=3 failed=0 closed=3");
        Assert.Equal(source, (await Names.ReadAsync(@operator))[name].Source);
    }
}
