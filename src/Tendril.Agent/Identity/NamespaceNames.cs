namespace Tendril.Agent.Identity;

/// <summary>
/// The names that `ip netns` gave to network namespaces. A namespace's cookie and inode are others after a reboot, or when it is made
/// anew; its name is the same. One thread at a time.
/// </summary>
/// <param name="directory">The host's /run/netns, where each is a file with the namespace's inode.</param>
internal sealed class NamespaceNames(TimeProvider time, string directory)
{
    private const int MaxNames = 4096;
    private static readonly TimeSpan RefreshAtMost = TimeSpan.FromSeconds(1);

    private readonly Dictionary<ulong, string> _byInode = [];
    private readonly Dictionary<ulong, string> _byCookie = [];
    private long _refreshedAt;

    /// <summary>The namespace's name; empty when it has none.</summary>
    public string Find(ulong cookie) => _byCookie.GetValueOrDefault(cookie, "");

    /// <summary>A process was met whose sockets are in the namespace with this cookie and which is itself in the one with this inode.</summary>
    public void Learn(ulong cookie, ulong inode)
    {
        if (cookie == 0 || inode == 0 || _byCookie.ContainsKey(cookie))
        {
            return;
        }

        if (!_byInode.TryGetValue(inode, out var name) && (_refreshedAt == 0 || time.GetElapsedTime(_refreshedAt) >= RefreshAtMost))
        {
            Refresh();
            name = _byInode.GetValueOrDefault(inode);
        }

        if (name is not null && _byCookie.Count < MaxNames)
        {
            _byCookie.Add(cookie, name);
        }
    }

    private void Refresh()
    {
        _byInode.Clear();
        try
        {
            foreach (var file in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal).Take(MaxNames))
            {
                if (Libc.Inode(file) is var inode and not 0)
                {
                    _byInode.TryAdd(inode, Path.GetFileName(file));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody has named any.
        }

        _refreshedAt = time.GetTimestamp();
    }
}
