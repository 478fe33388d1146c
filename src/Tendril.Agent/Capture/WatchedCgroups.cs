namespace Tendril.Agent.Capture;

/// <summary>The cgroups that are watched, by the kernel's id, which is their directory's inode number.</summary>
/// <param name="scope">The directory that is watched; null for the whole host.</param>
internal sealed class WatchedCgroups(string? scope)
{
    private HashSet<ulong> _ids = [];

    /// <summary>Whether a cgroup is watched.</summary>
    public bool Contain(ulong id) => scope is null || _ids.Contains(id);

    /// <summary>Looks for the directories there are now.</summary>
    public void Refresh()
    {
        if (scope is not null && Directory.Exists(scope))
        {
            _ids = [.. Directory.EnumerateDirectories(scope, "*", SearchOption.AllDirectories).Prepend(scope).Select(Identity.Libc.Inode)];
        }
    }
}
