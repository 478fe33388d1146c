using System.Buffers;

namespace Tendril.Agent.Identity;

/// <summary>Which cgroup of a process says who it belongs to. With v1 or both versions mounted a process has several.</summary>
internal static class ProcessCgroup
{
    private const string Deleted = " (deleted)";
    private const int ContainerDigits = 64;
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    // In the order in which they are taken where two say as much. The last three are those that every runtime sets.
    private static readonly string[] Hierarchies = ["", "name=systemd", "memory", "cpu", "pids"];

    /// <summary>
    /// The path in a /proc/PID/cgroup text that says most: v2's; systemd's own v1 hierarchy where everything is in the root of v2; one of the
    /// v1 controllers if that alone names a container. Empty when there is none.
    /// </summary>
    public static string Find(string text)
    {
        string best = "";
        (int Says, int Order) bestRank = default;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (Parse(line, out var path) is not (>= 0 and var order))
            {
                continue;
            }

            var says = NamesContainer(path) ? 3 : order > 1 ? 0 : path.Length > 1 ? 2 : 1;
            if (says > 0 && (best.Length == 0 || (says, -order).CompareTo(bestRank) > 0))
            {
                best = path.ToString();
                bestRank = (says, -order);
            }
        }

        return best;
    }

    /// <summary>Cgroup v2's path in a /proc/PID/cgroup text, as it stands there; empty when there is none.</summary>
    public static ReadOnlySpan<char> Version2(string text)
    {
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("0::"))
            {
                return line["0::".Length..];
            }
        }

        return default;
    }

    /// <summary>Whether a path leads out of the reader's cgroup namespace: paths are told from that one's root (cgroup_namespaces(7)).</summary>
    public static bool IsAbove(ReadOnlySpan<char> path) => path.StartsWith("/..") && (path.Length == 3 || path[3] == '/');

    /// <summary>The path without the way up: what follows is as the host has it when the namespace's root is on the first level, else the end of that.</summary>
    public static ReadOnlySpan<char> FromHostRoot(ReadOnlySpan<char> path)
    {
        while (IsAbove(path))
        {
            path = path["/..".Length..];
        }

        return path.IsEmpty ? "/" : path;
    }

    // "0::/path", "4:memory:/path", "9:cpu,cpuacct:/path"; -1 for a hierarchy that is not looked at.
    private static int Parse(ReadOnlySpan<char> line, out ReadOnlySpan<char> path)
    {
        path = default;
        var first = line.IndexOf(':');
        var second = first < 0 ? -1 : line[(first + 1)..].IndexOf(':');
        if (second < 0)
        {
            return -1;
        }

        path = line[(first + second + 2)..];
        path = path.EndsWith(Deleted) ? path[..^Deleted.Length] : path;
        path = path.IsEmpty ? path : FromHostRoot(path);
        var controllers = line.Slice(first + 1, second);
        var comma = controllers.IndexOf(',');
        return path.Length > 0 ? Array.IndexOf(Hierarchies, (comma < 0 ? controllers : controllers[..comma]).ToString()) : -1;
    }

    /// <summary>The id of the innermost container, 64 hexadecimal digits; empty where there is none, and for a runtime's own monitor of one.</summary>
    public static string ContainerId(ReadOnlySpan<char> path)
    {
        for (var part = path; !part.IsEmpty;)
        {
            var slash = part.LastIndexOf('/');
            var name = part[(slash + 1)..];
            name = name.EndsWith(".scope") ? name[..^".scope".Length] : name;
            // Most end in "-ID", as "docker-ID" does; containerd without its systemd driver writes "pod.slice:cri-containerd:ID".
            if (name.Length >= ContainerDigits && name[^ContainerDigits..].IndexOfAnyExcept(Digits) < 0
                && (name.Length == ContainerDigits || name[^(ContainerDigits + 1)] is '-' or ':'))
            {
                return name.Contains("conmon-", StringComparison.Ordinal) ? "" : name[^ContainerDigits..].ToString();
            }

            part = slash < 0 ? default : part[..slash];
        }

        return "";
    }

    private static bool NamesContainer(ReadOnlySpan<char> path) =>
        ContainerId(path).Length > 0 || path.Contains("/lxc", StringComparison.Ordinal) || path.StartsWith("/ecs/") || path.StartsWith("/garden/");
}
