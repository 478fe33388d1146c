using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Tendril.Agent.Identity;

namespace Tendril.Agent.Tests.Identity;

/// <summary>Files as Docker 24, containerd 1.7, CRI-O 1.28 and Podman 4.9 write them, cut to a few fields beside those that are read.</summary>
public sealed class ContainerLabelsTests : IDisposable
{
    private const string Id = "3f4e1b2a9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f";
    private const string Docker = "/system.slice/docker-" + Id + ".scope";
    private const string DockerFile = "var/lib/docker/containers/" + Id + "/config.v2.json";

    private const string DockerJson = """
        {"StreamConfig":{},"State":{"Running":true,"Pid":4711},"ID":"x","Args":["-c","secret"],
         "Config":{"Hostname":"h","Env":["DB_PASSWORD=hunter2"],"Image":"shop/web:1.2","Volumes":{"/data":{}},
          "Labels":{"com.docker.compose.project":"shop","com.docker.compose.service":"web","com.docker.compose.version":"2.20","team":"a"}},
         "Name":"/shop-web-1","NetworkSettings":{"Networks":{"shop_default":{"Aliases":["web"],"Name":"no"}}}}
        """;

    private readonly string _root = Directory.CreateTempSubdirectory("tendril-host").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Docker_tells_name_image_and_compose_service_and_nothing_else_is_kept()
    {
        Write(DockerFile, DockerJson);
        Assert.Equal(
            "compose.project=shop compose.service=web container.image=shop/web:1.2 container.name=shop-web-1", Labels(Docker));
    }

    [Theory]
    [InlineData("run/containerd/io.containerd.runtime.v2.task/k8s.io/*/config.json", "/kubepods/pod1/*",
        """{"ociVersion":"1.1.0","process":{"env":["A=b"]},"annotations":{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.container-type":"container","io.kubernetes.cri.image-name":"shop/checkout:3","io.kubernetes.cri.sandbox-name":"checkout-7d9c5b6f4-x2x9z","io.kubernetes.cri.sandbox-namespace":"shop"},"linux":{}}""",
        "container.image=shop/checkout:3 k8s.container=app k8s.namespace=shop k8s.pod=checkout-7d9c5b6f4-x2x9z")]
    [InlineData("run/containers/storage/overlay-containers/*/userdata/config.json", "/kubepods.slice/kubepods-pod1.slice/crio-*.scope",
        """{"annotations":{"io.container.manager":"cri-o","io.kubernetes.container.name":"redis","io.kubernetes.pod.name":"redis-0","io.kubernetes.pod.namespace":"shop","io.kubernetes.cri-o.ImageName":"redis:7"}}""",
        "container.image=redis:7 k8s.container=redis k8s.namespace=shop k8s.pod=redis-0")]
    [InlineData("var/lib/docker/containers/*/config.v2.json", "/kubepods/burstable/pod1/docker-*.scope",
        """{"Config":{"Labels":{"io.kubernetes.container.name":"dns","io.kubernetes.pod.name":"coredns-5d78c9869d-abcde","io.kubernetes.pod.namespace":"kube-system"}},"Name":"/k8s_dns_coredns"}""",
        "container.name=k8s_dns_coredns k8s.container=dns k8s.namespace=kube-system k8s.pod=coredns-5d78c9869d-abcde")]
    [InlineData("var/lib/docker/containers/*/config.v2.json", "/docker/*",
        """{"Config":{"Labels":{"com.docker.stack.namespace":"shop","com.docker.swarm.service.name":"shop_web"}},"Name":"/shop_web.1.x8fk2"}""",
        "compose.project=shop compose.service=web container.name=shop_web.1.x8fk2")]
    [InlineData("var/lib/containers/storage/overlay-containers/containers.json", "/machine.slice/libpod-*.scope/container",
        """[{"id":"0","names":["other"],"metadata":"{}"},{"id":"*","names":["db","alias"],"image":"i","layer":"l","metadata":"{\"image-name\":\"docker.io/library/postgres:16\",\"name\":\"db\"}","big-data-sizes":{"a":1}}]""",
        "container.image=docker.io/library/postgres:16 container.name=db")]
    [InlineData("var/lib/containers/storage/overlay-containers/containers.json", "/machine.slice/libpod-*.scope/container",
        """[{"id":"0","names":["other"],"metadata":"{}"}]""", "")]
    public void Each_runtimes_file_is_read(string file, string cgroup, string json, string expected)
    {
        Write(file.Replace("*", Id, StringComparison.Ordinal), json.Replace("*", Id, StringComparison.Ordinal));
        Assert.Equal(expected, Labels(cgroup.Replace("*", Id, StringComparison.Ordinal)));
    }

    [Fact]
    public void A_users_container_is_told_by_the_users_own_files_alone()
    {
        const string Cgroup = "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope";
        Write(DockerFile, DockerJson);
        Write("etc/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000:Ann:/home/ann:/bin/bash\n");
        Assert.Equal("", Labels(Cgroup));
        Write("home/ann/.local/share/containers/storage/overlay-containers/containers.json", $$"""[{"id":"{{Id}}","names":["blog"]}]""");
        Assert.Equal("container.name=blog", Labels(Cgroup));
        Assert.Equal("", Labels(Cgroup.Replace("1000", "1001", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_container_is_read_once()
    {
        var labels = new ContainerLabels(_root);
        Write(DockerFile, DockerJson);
        var first = labels.Of(Docker);
        File.Delete(Path.Combine(_root, DockerFile));
        Assert.Same(first, labels.Of(Docker));
        Assert.Empty(labels.Of("/system.slice/nginx.service"));
    }

    [Fact]
    public void A_link_a_directory_a_huge_or_broken_file_say_nothing()
    {
        Assert.Equal("", Labels(Docker));
        Write("elsewhere.json", DockerJson);
        var path = Path.Combine(_root, DockerFile);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, Path.Combine(_root, "elsewhere.json"));
        Assert.Equal("", Labels(Docker));
        File.Delete(path);
        Directory.CreateDirectory(path);
        Assert.Equal("", Labels(Docker));
        Directory.Delete(path);
        Write(DockerFile, DockerJson.Replace("\"team\"", "\"x\":\"" + new string('x', ContainerLabels.MaxFileBytes) + "\",\"team\"", StringComparison.Ordinal));
        Assert.Equal("", Labels(Docker));
        Write(DockerFile, DockerJson[..(DockerJson.Length / 2)]);
        Assert.Equal("", Labels(Docker));
        Write(DockerFile, """{"Name":"/a\nb","Config":{"Image":5,"Labels":["com.docker.compose.service"]}}""");
        Assert.Equal("", Labels(Docker));
        Write(DockerFile, string.Concat(Enumerable.Repeat("""{"Config":""", 10_000)));
        Assert.Equal("", Labels(Docker));
    }

    [Fact]
    public void A_pipe_in_place_of_a_file_is_not_waited_for()
    {
        var path = Path.Combine(_root, DockerFile);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", path);
        mkfifo.WaitForExit();
        Assert.Equal("", Labels(Docker));
    }

    [Fact]
    public void Whatever_a_file_holds_nothing_throws() =>
        Gen.Select(Gen.Int[0, DockerJson.Length - 1], Gen.Byte.Array[0, 8]).Sample(
            (at, bytes) =>
            {
                byte[] json = [.. System.Text.Encoding.UTF8.GetBytes(DockerJson[..at]), .. bytes, .. System.Text.Encoding.UTF8.GetBytes(DockerJson[at..])];
                ContainerFile.Read(json);
                ContainerFile.ReadFromList(json, Id);
                ContainerFile.ReadFromList([(byte)'[', .. json, (byte)']'], Id);
            },
            iter: 2000, threads: 1);

    [Fact]
    public void A_network_namespace_has_the_name_that_was_given_to_it()
    {
        var directory = Directory.CreateDirectory(Path.Combine(_root, "run/netns")).FullName;
        File.WriteAllText(Path.Combine(directory, "blue"), "");
        var names = new NamespaceNames(new FakeTimeProvider(), directory);
        names.Learn(7, Libc.Inode(Path.Combine(directory, "blue")));
        names.Learn(8, 1);
        Assert.Equal(("blue", "", ""), (names.Find(7), names.Find(8), names.Find(9)));
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    private string Labels(string cgroup) =>
        string.Join(' ', new ContainerLabels(_root).Of(cgroup).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
}
