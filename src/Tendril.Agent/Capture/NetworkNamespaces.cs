using System.Runtime.InteropServices;

namespace Tendril.Agent.Capture;

/// <summary>The network namespaces of this host's processes, and running something inside one.</summary>
internal static partial class NetworkNamespaces
{
    /// <summary>More than this are not visited; a host with as many is a container host whose namespaces come and go.</summary>
    private const int MaxNamespaces = 1024;

    private const int CloseOnExec = 0x80000;
    private const int CloneNewNetwork = 0x40000000;

    // O_DIRECTORY is one of the few flags whose value depends on the architecture.
    private static readonly int ReadOnlyDirectory = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x4000 : 0x10000;

    private const string OwnPath = "/proc/thread-self/ns/net";

    /// <summary>What stands for the calling thread's namespace in the programs' maps; 0 where they are not told apart.</summary>
    public static ulong Own(NamespaceSource source) => source switch
    {
        NamespaceSource.ByCookie => OwnCookie(),
        NamespaceSource.ByNumber => Identity.Libc.Inode(OwnPath),
        _ => 0,
    };

    // SO_NETNS_COOKIE, kernel 5.14; the programs have it since 5.15. Not by the base library's socket: the first may start a thread of the runtime, with
    // the namespace and the rights of whoever made it.
    private static ulong OwnCookie()
    {
        const int IPv4 = 2, Datagrams = 2, SolSocket = 1, NetnsCookie = 71;
        int socket = OpenSocket(IPv4, Datagrams | CloseOnExec, 0);
        if (socket < 0)
        {
            return 0;
        }

        uint length = sizeof(ulong);
        bool isTold = GetOption(socket, SolSocket, NetnsCookie, out ulong cookie, ref length) == 0;
        _ = Close(socket);
        return isTold ? cookie : 0;
    }

    /// <summary>One process for each namespace that has any, the caller's own first.</summary>
    public static List<string> Paths()
    {
        const string Own = "/proc/self/ns/net";
        var paths = new List<string> { Own };
        var seen = new HashSet<string> { Target(Own) };
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(process["/proc/".Length]))
            {
                continue;
            }

            var path = process + "/ns/net";
            var target = Target(path);
            if (target.Length > 0 && seen.Add(target))
            {
                paths.Add(path);
                if (paths.Count == MaxNamespaces)
                {
                    break;
                }
            }
        }

        return paths;
    }

    /// <summary>One path for each namespace that has a process, the caller's own first, with what stands for it in the programs' maps.</summary>
    public static List<(string Path, ulong Id)> Find(NamespaceSource source)
    {
        var found = new List<(string, ulong)>();
        foreach (var path in Paths())
        {
            ulong id = 0;
            if (found.Count == 0)
            {
                found.Add((path, Own(source)));
            }
            else if (Run(path, () => id = Own(source)))
            {
                found.Add((path, id));
            }
        }

        return found;
    }

    /// <summary>Runs an action on a thread of its own inside a namespace; the thread ends with it.</summary>
    /// <returns>False when the namespace is gone or may not be entered.</returns>
    public static bool Run(string path, Action action)
    {
        Exception? failure = null;
        bool entered = false;
        var thread = new Thread(() =>
        {
            int fd = Open(path, CloseOnExec);
            if (fd < 0)
            {
                return;
            }

            entered = SetNamespace(fd, CloneNewNetwork) == 0;
            _ = Close(fd);
            try
            {
                if (entered)
                {
                    action();
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        { IsBackground = true, Name = "namespace visit" };
        thread.Start();
        thread.Join();
        return failure is null ? entered : throw new InvalidOperationException($"in network namespace {path}: {failure.Message}", failure);
    }

    /// <summary>A descriptor of a directory, or -1.</summary>
    public static int OpenDirectory(string path) => Open(path, ReadOnlyDirectory | CloseOnExec);

    private static string Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    private static partial int GetOption(int socket, int level, int option, out ulong value, ref uint length);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(int fd, int type);
}
