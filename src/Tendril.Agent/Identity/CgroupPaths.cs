namespace Tendril.Agent.Identity;

/// <summary>
/// From the kernel's cgroup id to the path. The id is the directory's inode number in the cgroup v2 tree and, being 64 bits,
/// is never given to another one, so a path stays right after its cgroup is gone. Bounded: at most <see cref="MaxPaths"/> are held.
/// One thread at a time.
/// </summary>
internal sealed class CgroupPaths(CgroupMount? mount, TimeProvider time)
{
    /// <summary>Beyond as many, the oldest knowledge is forgotten and the tree read again.</summary>
    public const int MaxPaths = 16_384;

    private const int MaxDepth = 32;
    private static readonly TimeSpan RefreshAtMost = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ulong, string> _paths = [];
    private readonly HashSet<ulong> _unknown = [];
    private long _refreshedAt;

    /// <summary>The path below the mount, "/" for its root; empty when it is not known (gone before it was seen, or outside the mount).</summary>
    public string Find(ulong cgroupId)
    {
        if (cgroupId == 0 || mount is null || _unknown.Contains(cgroupId))
        {
            return "";
        }

        if (_paths.TryGetValue(cgroupId, out var path))
        {
            return path;
        }

        if (_refreshedAt != 0 && time.GetElapsedTime(_refreshedAt) < RefreshAtMost)
        {
            return "";
        }

        Refresh(mount);
        if (_paths.TryGetValue(cgroupId, out path))
        {
            return path;
        }

        // It was gone before the walk, and ids do not come back: never walk for it again.
        if (_unknown.Count >= MaxPaths)
        {
            _unknown.Clear();
        }

        _unknown.Add(cgroupId);
        return "";
    }

    private void Refresh(CgroupMount mount)
    {
        if (_paths.Count >= MaxPaths / 2)
        {
            _paths.Clear();
        }

        var prefix = mount.Prefix;
        var pending = new Stack<(string Directory, int Depth)>();
        pending.Push((mount.Path, 0));
        while (pending.TryPop(out var next) && _paths.Count < MaxPaths)
        {
            var inode = Libc.Inode(next.Directory);
            if (inode != 0)
            {
                var below = next.Directory[mount.Path.TrimEnd('/').Length..];
                _paths.TryAdd(inode, prefix.Length + below.Length == 0 ? "/" : prefix + below);
            }

            Descend(pending, next.Directory, next.Depth + 1);
        }

        _refreshedAt = time.GetTimestamp();
    }

    private static void Descend(Stack<(string Directory, int Depth)> pending, string directory, int depth)
    {
        if (depth > MaxDepth)
        {
            return;
        }

        try
        {
            foreach (var child in Directory.EnumerateDirectories(directory))
            {
                pending.Push((child, depth));
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Removed during the walk: there is nothing below it any more.
        }
    }
}
