using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Tendril.Agent.Privileges;

/// <summary>
/// Gives up, at the start, what the agent needs only to attach. Capabilities belong to threads and no call takes them from all: so one thread, started
/// before all others, keeps those the agent was started with, attaches and ends; every other thread comes from one that has given them up.
/// </summary>
internal sealed partial class Confinement : IDisposable
{
    private const int SetDumpable = 4;

    private readonly ulong _kept;
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _attaching;
    private int _errno;

    private Confinement(ulong kept)
    {
        _kept = kept;
        _attaching = new Thread(() =>
        {
            foreach (var work in _work.GetConsumingEnumerable())
            {
                work();
            }

            // The kernel sees it end a moment after Join has returned.
            _ = Capabilities.KeepOnly(_kept);
        })
        { IsBackground = true, Name = "attaching" };
    }

    /// <summary>To be called before anything starts a thread.</summary>
    /// <param name="looksAtProcesses">False for a replay, which needs no right at all.</param>
    public static Confinement Begin(bool looksAtProcesses)
    {
        if (looksAtProcesses)
        {
            Priority.Raise();
        }

        var held = Capabilities.Effective();
        var confinement = new Confinement(looksAtProcesses ? KeptOf(held) : 0);
        confinement._attaching.Start();
        confinement.GiveUp();
        return confinement;
    }

    /// <summary>What is still used once all is attached: to look into other processes, at files that are not the agent's, and to visit network namespaces.</summary>
    /// <param name="held">What the agent was started with.</param>
    public static ulong KeptOf(ulong held)
    {
        const ulong Used = Capabilities.SysPtrace | Capabilities.DacReadSearch | Capabilities.SysAdmin;
        // Kernels before 5.19 let nobody read maps without CAP_BPF (which CAP_SYS_ADMIN implies) where unprivileged BPF is off.
        return held & ((held & Capabilities.SysAdmin) != 0 ? Used : Used | Capabilities.Bpf);
    }

    /// <summary>Does something with the rights the agent was started with.</summary>
    public T WithAllRights<T>(Func<T> work)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = work();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    /// <summary>All is attached: from here on nothing more can be, no program started, and no file changed but where the agent keeps its certificate.</summary>
    /// <param name="keepsFiles">It has a certificate that it renews.</param>
    public void Complete(ILogger log, bool keepsFiles)
    {
        Dispose();
        // No core dump, and no other process of the same user looks at what was read of others.
        _ = prctl(SetDumpable, 0, 0, 0, 0);
        var (refused, errno) = SystemCallFilter.Install(keepsFiles);
        if (errno != 0)
        {
            Log.NoFilter(log, Describe(errno));
        }

        if (_errno != 0)
        {
            Log.KeepsAll(log, Describe(_errno), Capabilities.Describe(Capabilities.OfThread("/proc/thread-self").Permitted));
            return;
        }

        Log.Confined(log, Capabilities.Describe(_kept), refused);
        var more = Directory.EnumerateDirectories("/proc/self/task").Where(thread => (Capabilities.OfThread(thread).Permitted & ~_kept) != 0).ToList();
        if (more.Count > 0)
        {
            Log.ThreadsWithMore(log, string.Join(", ", more.Select(NameOf)));
        }
    }

    public void Dispose()
    {
        if (!_work.IsAddingCompleted)
        {
            _work.CompleteAdding();
            _attaching.Join();
        }
    }

    private void GiveUp()
    {
        _errno = Capabilities.KeepOnly(_kept);
        // The runtime's own thread that was there before: what it runs are finalizers.
        var isDone = new StrongBox<bool>();
        for (var tries = 0; tries < 10 && !isDone.Value; tries++)
        {
            LeaveToFinalizer(() =>
            {
                _ = Capabilities.KeepOnly(_kept);
                Volatile.Write(ref isDone.Value, true);
            });
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveToFinalizer(Action action) => _ = new Finalized(action);

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(thread + "/comm").Trim();
        }
        catch (IOException)
        {
            return "one that has ended";
        }
    }

    private sealed class Finalized(Action action)
    {
        ~Finalized() => action();
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "keeps these capabilities: {Kept}; {Refused} system calls are refused from here on")]
        public static partial void Confined(ILogger logger, string kept, int refused);

        [LoggerMessage(2, LogLevel.Warning, "the agent runs without its filter of system calls; seccomp: {Error}. A kernel without CONFIG_SECCOMP_FILTER has none; a unit or container around the agent must allow the call")]
        public static partial void NoFilter(ILogger logger, string error);

        [LoggerMessage(3, LogLevel.Warning, "threads of the runtime have more capabilities than these ({Threads}); the native program that scripts/build.sh makes has none of them")]
        public static partial void ThreadsWithMore(ILogger logger, string threads);

        [LoggerMessage(4, LogLevel.Warning, "the agent could not give up what it needs no more; capset: {Error}. It keeps {Kept}; a unit or container around the agent must allow the call")]
        public static partial void KeepsAll(ILogger logger, string error, string kept);
    }
}
