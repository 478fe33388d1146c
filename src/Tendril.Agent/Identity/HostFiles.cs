namespace Tendril.Agent.Identity;

/// <summary>Where this host's own files are, also for an agent in a container that shares the host's processes.</summary>
internal static class HostFiles
{
    /// <summary>"/", or the root of the host's first process where that has other mounts and may be looked into.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var own = Libc.ReadLink("/proc/self/ns/mnt\0"u8);
        var host = Libc.ReadLink("/proc/1/ns/mnt\0"u8);
        return host.Length == 0 || host == own ? "/" : "/proc/1/root/";
    }
}
