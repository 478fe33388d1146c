using System.Diagnostics;

namespace Tendril.Agent.Capture;

/// <summary>
/// Compares the kernel's own table of TCP sockets with what the programs follow: of the open connections in scope, how many are part of a
/// dependency's counters? A connection that is not is asked about once more before it counts against the agent, as it may just be opening or closing.
/// </summary>
/// <param name="isFollowed">Whether the programs have a record of a socket's cookie.</param>
/// <param name="isInScope">Whether a cgroup's sockets are watched.</param>
internal sealed class SelfCheck(Func<ulong, bool> isFollowed, Func<ulong, bool> isInScope)
{
    /// <summary>How often it is done; milliseconds of CPU for a thousand connections.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private HashSet<ulong> _doubtful = [];

    /// <summary>True while some connections were not followed at the first look: <see cref="Run"/> again, a second later.</summary>
    public bool HasDoubts => _doubtful.Count > 0;

    /// <param name="final">The second look: who is still there and still not followed is not explained.</param>
    /// <param name="timeUs">Microseconds since the Unix epoch.</param>
    /// <returns>The result; null when there are doubts and it was not the final look.</returns>
    public Protocol.SelfCheck? Run(bool final, ulong timeUs)
    {
        long begun = Stopwatch.GetTimestamp();
        var own = OwnSockets();
        var former = _doubtful;
        var unexplained = new HashSet<ulong>();
        ulong count = 0;
        foreach (var path in NetworkNamespaces.Paths())
        {
            NetworkNamespaces.Run(path, () =>
            {
                foreach (var socket in SocketDiagnostics.Dump(SocketDiagnostics.Established | SocketDiagnostics.ClosedByPeer))
                {
                    if (own.Contains(socket.Inode) || !isInScope(socket.CgroupId))
                    {
                        continue;
                    }

                    count++;
                    // At the second look only those count that were there at the first: others may be as new as those were then.
                    if (!isFollowed(socket.Cookie) && (!final || former.Contains(socket.Cookie)))
                    {
                        unexplained.Add(socket.Cookie);
                    }
                }
            });
        }

        _doubtful = final ? [] : unexplained;
        return unexplained.Count > 0 && !final ? null : new Protocol.SelfCheck
        {
            TimeUs = timeUs,
            Sockets = count,
            Explained = count - (ulong)unexplained.Count,
            DurationUs = (ulong)Stopwatch.GetElapsedTime(begun).TotalMicroseconds,
        };
    }

    // The agent's own connection to the operator is left out on purpose.
    private static HashSet<uint> OwnSockets()
    {
        var inodes = new HashSet<uint>();
        foreach (var file in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            if (SocketInodes.Read(file) is { } inode)
            {
                inodes.Add(inode);
            }
        }

        return inodes;
    }
}
