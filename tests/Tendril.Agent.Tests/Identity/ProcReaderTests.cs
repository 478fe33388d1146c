using CsCheck;
using Tendril.Agent.Identity;

namespace Tendril.Agent.Tests.Identity;

public sealed class ProcReaderTests : IDisposable
{
    private readonly FakeProc _fake = new();
    private readonly ProcReader _proc;

    public ProcReaderTests() => _proc = new ProcReader(_fake.Root, new Discretion(Words: true, []));

    public void Dispose() => _fake.Dispose();

    [Fact]
    public void Reads_all_that_is_told()
    {
        _fake.Start(42, "/usr/bin/app", "app", "/system.slice/app.service", "serve", "--token", "s3cret");
        var facts = _proc.Read(42)!;
        Assert.Equal((42u, "app", "/usr/bin/app", "/system.slice/app.service"), (facts.Pid, facts.Comm, facts.Exe, facts.Cgroup));
        Assert.Equal(["serve"], facts.Arguments);
        Assert.Equal(FakeProc.BootTimeUs + 101 * 10_000, facts.Stat.StartTimeUs);
        Assert.Equal(4026531840, facts.NetworkNamespaceInode);
    }

    [Fact]
    public void Of_an_environment_only_the_services_name_is_read()
    {
        _fake.Start(42, "/usr/bin/app");
        File.WriteAllText(Path.Combine(_fake.Of(42), "environ"), "DB_PASSWORD=hunter2\0OTEL_SERVICE_NAME=checkout\0");
        Assert.Equal("checkout", _proc.Read(42)!.ServiceName);
        File.WriteAllText(Path.Combine(_fake.Of(42), "environ"), new string('x', 100_000) + "\0OTEL_SERVICE_NAME=checkout\0");
        Assert.Equal("", _proc.Read(42)!.ServiceName);
    }

    [Theory]
    [InlineData("a) R 1 (b")]
    [InlineData("((")]
    [InlineData(") ) )")]
    [InlineData("tmux: server")]
    public void A_name_may_hold_parentheses_and_spaces(string comm)
    {
        _fake.Start(42, "/x", comm);
        Assert.True(_proc.TryReadStat(42, out var stat));
        Assert.Equal(comm, ProcReader.Unpack(stat.Comm));
        Assert.Equal(FakeProc.BootTimeUs + 101 * 10_000, stat.StartTimeUs);
    }

    [Fact]
    public void A_replaced_executable_keeps_its_path()
    {
        _fake.Start(42, "/usr/bin/app (deleted)");
        Assert.Equal("/usr/bin/app", _proc.Read(42)!.Exe);
    }

    [Fact]
    public void A_missing_file_is_an_empty_field()
    {
        _fake.Start(42, "/usr/bin/app");
        foreach (var name in new[] { "exe", "cmdline", "cgroup", "ns/net" })
        {
            File.Delete(Path.Combine(_fake.Of(42), name));
        }

        var facts = _proc.Read(42)!;
        Assert.Equal(("", "", 0ul), (facts.Exe, facts.Cgroup, facts.NetworkNamespaceInode));
        Assert.Empty(facts.Arguments);
    }

    [Fact]
    public void No_process_is_null() => Assert.Null(_proc.Read(7));

    [Fact]
    public void A_zombie_has_gone_but_not_a_process_whose_main_thread_ended()
    {
        _fake.Start(42, "/x");
        _fake.WriteStat(42, "x", 5, 'Z', threads: 1);
        Assert.False(_proc.TryReadStat(42, out _));
        _fake.WriteStat(42, "x", 5, 'Z', threads: 3);
        Assert.True(_proc.TryReadStat(42, out _));
    }

    [Fact]
    public void Whatever_the_files_hold_nothing_throws()
    {
        _fake.Start(42, "/x");
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.Byte.Array[0, 5000]).Sample(
            (stat, other) =>
            {
                File.WriteAllBytes(Path.Combine(_fake.Of(42), "stat"), stat);
                File.WriteAllBytes(Path.Combine(_fake.Of(42), "cmdline"), other);
                File.WriteAllBytes(Path.Combine(_fake.Of(42), "cgroup"), other);
                _proc.Read(42);
                NamingArguments.Keep("/usr/bin/python3", other, cut: false);
                ProcessCgroup.Find(System.Text.Encoding.UTF8.GetString(other));
            },
            iter: 200, threads: 1);
    }

    [Fact]
    public void Reads_the_real_proc()
    {
        var facts = new ProcReader().Read((uint)Environment.ProcessId)!;
        Assert.Equal(Environment.ProcessPath, facts.Exe);
        var started = DateTimeOffset.UnixEpoch.AddMicroseconds(facts.Stat.StartTimeUs);
        Assert.InRange((TimeProvider.System.GetUtcNow() - started).TotalMinutes, -0.1, 60);
        Assert.NotEqual(0ul, facts.NetworkNamespaceInode);
        Assert.StartsWith("/", facts.Cgroup, StringComparison.Ordinal);
    }

    [Fact]
    public void A_look_at_a_process_allocates_nothing()
    {
        var proc = new ProcReader();
        var pid = (uint)Environment.ProcessId;
        proc.TryReadStat(pid, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            proc.TryReadStat(pid, out _);
            proc.TryReadStat(uint.MaxValue, out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
