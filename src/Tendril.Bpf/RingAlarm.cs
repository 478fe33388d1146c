using System.Runtime.InteropServices;

namespace Tendril.Bpf;

/// <summary>
/// Tells when a program woke the reader of its ring buffer (BPF_RB_FORCE_WAKEUP). Records that were written without a wake-up tell nothing, however
/// many there are: the ring is watched for edges.
/// </summary>
public sealed unsafe partial class RingAlarm : IDisposable
{
    private const int CloseOnExec = 0x80000, Add = 1, LookMilliseconds = 2000;
    private const uint Readable = 1, EdgeTriggered = 1u << 31;
    private readonly int _epoll;
    private readonly Action _onWake;
    private volatile bool _ended;

    internal RingAlarm(int mapFd, Action onWake)
    {
        _onWake = onWake;
        _epoll = epoll_create1(CloseOnExec);
        // struct epoll_event begins with the mask; what is after it differs between architectures and is not used.
        ulong* request = stackalloc ulong[2] { Readable | EdgeTriggered, 0 };
        if (_epoll < 0 || epoll_ctl(_epoll, Add, mapFd, request) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            _ = _epoll >= 0 ? close(_epoll) : 0;
            throw new BpfException("watch ring buffer", errno);
        }

        new Thread(Watch) { IsBackground = true, Name = "ring alarm" }.Start();
    }

    /// <summary>Ends the watch within two seconds; until then it may tell once more.</summary>
    public void Dispose() => _ended = true;

    private void Watch()
    {
        ulong* happened = stackalloc ulong[2];
        while (!_ended)
        {
            if (epoll_wait(_epoll, happened, 1, LookMilliseconds) > 0 && !_ended)
            {
                _onWake();
            }
        }

        _ = close(_epoll);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int fd, ulong* request);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, ulong* happened, int count, int milliseconds);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
