using System.Buffers;

namespace Tendril.Agent.Identity;

/// <summary>
/// What the container runtimes' own files say of a container: its name, image, compose service, pod. No daemon is asked, as that would
/// need its socket, which is as good as root on the host. Each container is looked at once. One thread at a time.
/// </summary>
internal sealed class ContainerLabels
{
    public const int MaxFileBytes = 1024 * 1024;

    /// <summary>Beyond as many containers all are forgotten, and read again when they are met.</summary>
    public const int MaxContainers = 4096;

    private const int MaxPasswordFileBytes = 256 * 1024;
    private const string UserSlice = "/user.slice/user-";

    private static readonly IReadOnlyDictionary<string, string> None = new Dictionary<string, string>();

    // "*" is the container's id. Runtimes put theirs elsewhere in some distributions of Kubernetes.
    private static readonly string[] Files =
    [
        "/var/lib/docker/containers/*/config.v2.json",
        "/run/containerd/io.containerd.runtime.v2.task/k8s.io/*/config.json",
        "/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/*/config.json",
        "/var/snap/microk8s/common/run/containerd/io.containerd.runtime.v2.task/k8s.io/*/config.json",
        "/run/containerd/io.containerd.runtime.v2.task/default/*/config.json",
        "/run/containers/storage/overlay-containers/*/userdata/config.json",
        "/var/lib/containers/storage/overlay-containers/*/userdata/config.json",
        "/var/snap/docker/common/var-lib-docker/containers/*/config.v2.json",
    ];

    private static readonly string[] Lists =
    [
        "/var/lib/containers/storage/overlay-containers/containers.json",
        "/var/lib/containers/storage/vfs-containers/containers.json",
        "/run/containers/storage/overlay-containers/volatile-containers.json",
    ];

    private static readonly string[] UserFiles = ["/.local/share/docker/containers/*/config.v2.json"];
    private static readonly string[] UserLists = ["/.local/share/containers/storage/overlay-containers/containers.json"];

    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _byContainer = [];
    private readonly string _root;

    /// <param name="root">"" for this host's files; another directory for tests.</param>
    public ContainerLabels(string root) => _root = root;

    /// <summary>Reads the host's files, also from inside a container that shares the host's processes.</summary>
    public static ContainerLabels OfHost() => new(HostFiles.Root.TrimEnd('/'));

    /// <summary>What is known of the container that a cgroup is of; empty outside a container and where no file tells.</summary>
    public IReadOnlyDictionary<string, string> Of(string cgroup)
    {
        var id = ProcessCgroup.ContainerId(cgroup);
        if (id.Length == 0)
        {
            return None;
        }

        // A user may give a cgroup of his own the name of another's container: of his only his own files are asked.
        var user = cgroup.StartsWith(UserSlice, StringComparison.Ordinal);
        var key = user ? cgroup : id;
        if (_byContainer.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_byContainer.Count >= MaxContainers)
        {
            _byContainer.Clear();
        }

        return _byContainer[key] = !user ? Find("", Files, Lists, id) : HomeOf(cgroup) is { Length: > 0 } home ? Find(home, UserFiles, UserLists, id) : None;
    }

    private IReadOnlyDictionary<string, string> Find(string home, string[] files, string[] lists, string id)
    {
        foreach (var file in files)
        {
            if (Read(home + file.Replace("*", id, StringComparison.Ordinal), json => ContainerFile.Read(json)) is { Count: > 0 } labels)
            {
                return labels;
            }
        }

        foreach (var list in lists)
        {
            if (Read(home + list, json => ContainerFile.ReadFromList(json, id)) is { Count: > 0 } labels)
            {
                return labels;
            }
        }

        return None;
    }

    private Dictionary<string, string> Read(string path, Func<ReadOnlySpan<byte>, Dictionary<string, string>> parse)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxFileBytes + 1);
        var length = Libc.ReadRegularFile(_root + path, buffer.AsSpan(0, MaxFileBytes + 1));
        var labels = length is > 0 and <= MaxFileBytes ? parse(buffer.AsSpan(0, length)) : [];
        // Environments of containers stand in these files.
        ArrayPool<byte>.Shared.Return(buffer, clearArray: length > 0);
        return labels;
    }

    // "/user.slice/user-1000.slice/..." and "shop:x:1000:1000::/home/shop:/bin/bash"
    private string HomeOf(string cgroup)
    {
        var user = cgroup[UserSlice.Length..];
        user = user[..(user.IndexOf(".slice", StringComparison.Ordinal) is var end and > 0 ? end : 0)];
        var buffer = new byte[MaxPasswordFileBytes];
        var length = Libc.ReadRegularFile(_root + "/etc/passwd", buffer);
        foreach (var line in System.Text.Encoding.UTF8.GetString(buffer.AsSpan(0, Math.Max(length, 0))).Split('\n'))
        {
            if (line.Split(':') is { Length: >= 6 } fields && fields[2] == user && fields[5].StartsWith('/'))
            {
                return fields[5];
            }
        }

        return "";
    }
}
