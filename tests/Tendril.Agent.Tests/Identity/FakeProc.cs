namespace Tendril.Agent.Tests.Identity;

/// <summary>A tree of files laid out as /proc is, of processes that start and end when told.</summary>
internal sealed class FakeProc : IDisposable
{
    public const ulong BootTimeUs = 1_700_000_000_000_000;

    private ulong _ticks = 100;
    private int _stack = 1;

    public FakeProc()
    {
        Root = Directory.CreateTempSubdirectory("tendril-proc").FullName;
        File.WriteAllText(Path.Combine(Root, "stat"), "cpu 1 2 3\nbtime 1700000000\nprocesses 5\n");
    }

    public string Root { get; }

    public void Start(uint pid, string exe, string? comm = null, string cgroup = "/a.service", params string[] arguments)
    {
        End(pid);
        comm ??= Path.GetFileName(exe);
        Directory.CreateDirectory(Path.Combine(Of(pid), "ns"));
        WriteStat(pid, comm, ++_ticks);
        File.WriteAllText(Path.Combine(Of(pid), "cmdline"), string.Concat(arguments.Prepend(exe).Select(a => a + "\0")));
        File.WriteAllText(Path.Combine(Of(pid), "cgroup"), $"0::{cgroup}\n");
        File.CreateSymbolicLink(Path.Combine(Of(pid), "exe"), exe);
        File.CreateSymbolicLink(Path.Combine(Of(pid), "ns/net"), "net:[4026531840]");
    }

    /// <summary>execve: another program under the same pid and start time.</summary>
    public void Exec(uint pid, string exe, params string[] arguments)
    {
        BeginExec(pid, exe);
        EndExec(pid, exe, arguments);
    }

    /// <summary>The first moments of execve: nobody may look into the process.</summary>
    public void HideForExec(uint pid, string comm)
    {
        WriteStat(pid, comm, _ticks, stack: 0);
        File.Delete(Path.Combine(Of(pid), "exe"));
        File.WriteAllText(Path.Combine(Of(pid), "cmdline"), "");
    }

    /// <summary>The half of execve after which there is another executable, and no arguments.</summary>
    public void BeginExec(uint pid, string exe)
    {
        WriteStat(pid, Path.GetFileName(exe), _ticks, stack: ++_stack);
        File.Delete(Path.Combine(Of(pid), "exe"));
        File.CreateSymbolicLink(Path.Combine(Of(pid), "exe"), exe);
        File.WriteAllText(Path.Combine(Of(pid), "cmdline"), "");
    }

    public void EndExec(uint pid, string exe, params string[] arguments)
    {
        WriteStat(pid, Path.GetFileName(exe), _ticks, stack: ++_stack);
        File.WriteAllText(Path.Combine(Of(pid), "cmdline"), string.Concat(arguments.Prepend(exe).Select(a => a + "\0")));
    }

    public void WriteStat(uint pid, string comm, ulong ticks, char state = 'S', int threads = 1, int stack = 1)
        => File.WriteAllText(
            Path.Combine(Of(pid), "stat"),
            $"{pid} ({comm}) {state} 1 1 1 0 -1 4194304 100 0 0 0 0 0 0 0 20 0 {threads} 0 {ticks} 3133440 418 18446744073709551615 1 1 {stack} 0 0 0 0 0 0\n");

    public void End(uint pid)
    {
        if (Directory.Exists(Of(pid)))
        {
            Directory.Delete(Of(pid), recursive: true);
        }
    }

    public string Of(uint pid) => Path.Combine(Root, pid.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
