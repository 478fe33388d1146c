namespace Tendril.Agent.Capture;

/// <summary>Which process holds which socket, from /proc/PID/fd: the slow way that works on every kernel.</summary>
internal static class SocketInodes
{
    /// <summary>The inode that a link of /proc/PID/fd stands for, "socket:[12345]"; null for anything but a socket, or when it is gone.</summary>
    public static uint? Read(string link)
    {
        const string Prefix = "socket:[";
        try
        {
            var target = new FileInfo(link).LinkTarget;
            return target is not null && target.StartsWith(Prefix, StringComparison.Ordinal) && uint.TryParse(target.AsSpan(Prefix.Length, target.Length - Prefix.Length - 1), out uint inode)
                ? inode
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The holders of sockets by inode; of several the lowest pid, as a parent comes before those it passed the socket to, but not systemd's own.</summary>
    public static Dictionary<uint, uint> Holders()
    {
        var holders = new Dictionary<uint, uint>();
        foreach (uint pid in Pids().Order())
        {
            foreach (var link in Links(pid))
            {
                if (Read(link) is { } inode && (!holders.TryGetValue(inode, out uint holder) || holder == 1))
                {
                    holders[inode] = pid;
                }
            }
        }

        return holders;
    }

    private static IEnumerable<uint> Pids()
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (uint.TryParse(Path.GetFileName(directory.AsSpan()), out uint pid))
            {
                yield return pid;
            }
        }
    }

    private static string[] Links(uint pid)
    {
        try
        {
            return Directory.GetFileSystemEntries($"/proc/{pid}/fd");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
