using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Tendril.Agent.Identity;
using Tendril.Protocol;

namespace Tendril.Agent.Tests.Identity;

public sealed class ProcessTableTests : IDisposable
{
    private readonly FakeProc _fake = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ProcessTable _table;

    public ProcessTableTests() => _table = Create();

    public void Dispose() => _fake.Dispose();

    private ProcessTable Create(int maxRecords = ProcessTable.DefaultMaxRecords)
        => new(new ProcReader(_fake.Root, new Discretion(Words: true, [])), new CgroupPaths(null, _time), _time, maxRecords);

    private uint Observe(uint pid, string comm, ulong cgroup = 7, ulong ns = 1) => _table.Observe(pid, Encoding.UTF8.GetBytes(comm), cgroup, ns);

    private ProcessRecord Record(uint number) => _table.Find(number)!;

    [Fact]
    public void A_living_process_keeps_its_number_whatever_thread_is_met()
    {
        _fake.Start(10, "/usr/bin/app");
        var number = Observe(10, "app");
        Assert.Equal(number, Observe(10, "worker-3"));
        Assert.Equal((1u, 10u, "app", "/usr/bin/app", "/a.service", 1ul, 1ul),
            (number, Record(number).Pid, Record(number).Comm, Record(number).Exe, Record(number).Cgroup, Record(number).Instances, Record(number).NetworkNamespace));
    }

    [Fact]
    public void A_pid_that_another_program_has_now_is_another_number()
    {
        _fake.Start(10, "/usr/bin/a");
        var first = Observe(10, "a");
        _fake.Start(10, "/usr/bin/b");
        Assert.NotEqual(first, Observe(10, "b"));
        Assert.Equal(0, Record(first).Living);
    }

    [Fact]
    public void A_process_that_became_another_program_is_another_number()
    {
        _fake.Start(10, "/bin/sh");
        var shell = Observe(10, "sh");
        _fake.Exec(10, "/usr/bin/server");
        var server = Observe(10, "server");
        Assert.NotEqual(shell, server);
        Assert.Equal(("/bin/sh", 0, "/usr/bin/server", 1), (Record(shell).Exe, Record(shell).Living, Record(server).Exe, Record(server).Living));
    }

    [Fact]
    public void What_happened_before_one_look_costs_one_look()
    {
        _fake.Start(10, "/bin/sh");
        _table.BeginTurn();
        var shell = Observe(10, "sh");
        Assert.Equal(shell, Observe(10, "sh"));
        _fake.Exec(10, "/usr/bin/server");
        Assert.Equal(shell, Observe(10, "server"));
        _table.BeginTurn();
        var server = Observe(10, "server");
        _table.EndTurn();
        Assert.NotEqual(shell, server);
        _fake.Start(10, "/usr/bin/other");
        Assert.NotEqual(server, Observe(10, "other"));
    }

    [Fact]
    public void A_process_first_seen_half_way_through_execve_is_the_program_it_becomes()
    {
        _fake.Start(10, "/usr/bin/python3.11", "python3", arguments: "/srv/first.py");
        _fake.BeginExec(10, "/usr/bin/python3.11");
        var number = Observe(10, "python3");
        Assert.Empty(Record(number).Arguments);

        _fake.EndExec(10, "/usr/bin/python3.11", "/srv/second.py");
        _table.Sweep();
        Assert.Equal(["/srv/second.py"], Record(number).Arguments);
        Assert.Equal(number, Observe(10, "python3"));
    }

    [Fact]
    public void A_process_first_seen_when_execve_hides_it_is_the_program_it_becomes()
    {
        _fake.Start(10, "/usr/bin/python3.11", "python3", arguments: "/srv/first.py");
        _fake.HideForExec(10, "python3");
        var number = Observe(10, "python3");
        Assert.Equal("", Record(number).Exe);

        _fake.Exec(10, "/usr/bin/python3.11", "/srv/second.py");
        _table.Sweep();
        Assert.Equal(("/usr/bin/python3.11", 1), (Record(number).Exe, Record(number).Living));
        Assert.Equal(["/srv/second.py"], Record(number).Arguments);
        Assert.Equal(number, Observe(10, "python3.11"));
    }

    [Fact]
    public void A_connected_process_in_the_middle_of_execve_stays_what_it_was_until_it_is_another()
    {
        _table.IsConnected = _ => true;
        _fake.Start(10, "/usr/bin/python3.11", "python3", arguments: "/srv/first.py");
        var number = Observe(10, "python3");
        _fake.BeginExec(10, "/usr/bin/python3.11");
        Assert.Equal(number, Observe(10, "python3"));
        Assert.Equal(["/srv/first.py"], Record(number).Arguments);

        _fake.EndExec(10, "/usr/bin/python3.11", "/srv/second.py");
        _table.Sweep();
        Assert.Equal(["/srv/second.py"], Record(number).Arguments);
    }

    [Fact]
    public void A_process_without_arguments_is_taken_for_what_it_is()
    {
        _fake.Start(10, "/usr/bin/python3.11", "python3");
        File.WriteAllText(Path.Combine(_fake.Of(10), "cmdline"), "");
        var number = Observe(10, "python3");
        for (var i = 0; i < 3; i++)
        {
            _table.Sweep();
            Assert.Equal(number, Observe(10, "python3"));
        }

        Assert.Equal((1, 1), (_table.Count, Record(number).Living));
    }

    [Fact]
    public void A_process_that_only_renames_itself_stays_what_it_is()
    {
        _fake.Start(10, "/usr/bin/postgres");
        var number = Observe(10, "postgres");
        _fake.WriteStat(10, "postgres: main", 101);
        Assert.Equal(number, Observe(10, "postgres: main"));
        Assert.Equal("postgres: main", Record(number).Comm);
    }

    [Fact]
    public void Two_thousand_short_runs_of_which_few_are_met_alive_are_few_numbers_of_one_program()
    {
        for (uint i = 0; i < 2000; i++)
        {
            if (i % 50 == 20)
            {
                _fake.Start(1000 + i, "/usr/bin/curl");
            }

            Observe(1000 + i, "curl");
            _fake.End(1000 + i);
        }

        Assert.InRange(_table.Count, 1, 3);
        Assert.All(_table.Records, record => Assert.Equal("/usr/bin/curl", record.Exe));
        Assert.Equal(2000, _table.Records.Sum(record => (long)record.Instances));
    }

    [Fact]
    public void Runs_that_are_never_met_alive_are_one_number_by_name_and_cgroup()
    {
        var curl = Observe(10, "curl");
        Assert.Equal(curl, Observe(11, "curl"));
        Assert.NotEqual(curl, Observe(12, "wget"));
        Assert.NotEqual(curl, Observe(13, "curl", cgroup: 8));
        Assert.NotEqual(curl, Observe(14, "curl", ns: 2));
        Assert.Equal(("curl", "", 2ul, 0), (Record(curl).Comm, Record(curl).Exe, Record(curl).Instances, Record(curl).Living));
    }

    [Fact]
    public void A_name_that_two_programs_share_tells_nothing_of_a_third()
    {
        _fake.Start(10, "/usr/bin/a", "worker");
        _fake.Start(11, "/usr/bin/b", "worker");
        Observe(10, "worker");
        Observe(11, "worker");
        Assert.Equal("", Record(Observe(12, "worker")).Exe);
    }

    [Fact]
    public void Short_runs_of_an_interpreter_are_not_the_script_that_still_runs()
    {
        var before = Observe(9, "python3");
        _fake.Start(10, "/usr/bin/python3.11", "python3", arguments: "/srv/shop.py");
        var server = Observe(10, "python3");
        var after = Observe(11, "python3");
        Assert.Equal(before, after);
        Assert.NotEqual(server, after);
        Assert.Equal("/usr/bin/python3.11", Record(after).Exe);
        Assert.Empty(Record(after).Arguments);
        Assert.Equal(["/srv/shop.py"], Record(server).Arguments);
    }

    [Theory]
    [InlineData("pool-1-thread-1", "pool-1-thread-7", true)]
    [InlineData("http-nio-8080-e", "http-nio-9090-e", true)]
    [InlineData("python3", "python2", false)]
    [InlineData("worker", "worker-1", false)]
    public void A_process_that_was_gone_is_known_by_the_thread_that_others_of_its_program_were_met_in(string met, string gone, bool expected)
    {
        _fake.Start(10, "/usr/bin/app", "app");
        Observe(10, "app");
        Observe(10, met);
        Assert.Equal(expected ? "/usr/bin/app" : "", Record(Observe(11, gone)).Exe);
    }

    [Fact]
    public void One_script_under_two_service_names_is_two_and_both_are_told()
    {
        _fake.Start(10, "/usr/bin/python3", arguments: "app.py");
        _fake.Start(11, "/usr/bin/python3", arguments: "app.py");
        File.WriteAllText(Path.Combine(_fake.Of(10), "environ"), "OTEL_SERVICE_NAME=checkout\0");
        File.WriteAllText(Path.Combine(_fake.Of(11), "environ"), "OTEL_SERVICE_NAME=cart\0");
        var names = new[] { Observe(10, "python3"), Observe(11, "python3") }.Select(number => Record(number).ToMessage().ServiceName);
        Assert.Equal(["checkout", "cart"], names);
        Assert.Equal("", Record(Observe(12, "python3")).ServiceName);
    }

    [Fact]
    public void Short_runs_of_a_program_that_one_service_runs_are_that_services()
    {
        var before = Observe(9, "curl");
        _fake.Start(10, "/usr/bin/curl");
        File.WriteAllText(Path.Combine(_fake.Of(10), "environ"), "OTEL_SERVICE_NAME=checkout\0");
        Observe(10, "curl");
        var after = Observe(11, "curl");
        Assert.All(new[] { before, after }, number => Assert.Equal(("/usr/bin/curl", "checkout"), (Record(number).Exe, Record(number).ServiceName)));
    }

    [Fact]
    public void What_is_known_of_the_place_goes_with_the_process_also_when_it_was_gone()
    {
        var id = new string('a', 64);
        var root = Directory.CreateDirectory(Path.Combine(_fake.Root, "host")).FullName;
        var file = Path.Combine(root, $"var/lib/docker/containers/{id}/config.v2.json");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, """{"Name":"/web"}""");
        var netns = Directory.CreateDirectory(Path.Combine(root, "netns")).FullName;
        File.WriteAllText(Path.Combine(netns, "blue"), "");
        var table = new ProcessTable(
            new ProcReader(_fake.Root, new Discretion(Words: true, [])), new CgroupPaths(null, _time), _time, labels: new(new ContainerLabels(root), new NamespaceNames(_time, netns)));
        _fake.Start(10, "/usr/bin/app", cgroup: $"/docker/{id}");
        File.Delete(Path.Combine(_fake.Of(10), "ns/net"));
        File.CreateSymbolicLink(Path.Combine(_fake.Of(10), "ns/net"), $"net:[{Libc.Inode(Path.Combine(netns, "blue"))}]");
        uint[] numbers = [table.Observe(10, "app"u8, 7, 5), table.Observe(11, "app"u8, 7, 5)];
        Assert.All(numbers, number => Assert.Equal(
            ("web", "blue"), (table.Find(number)!.ToMessage().Labels["container.name"], table.Find(number)!.Labels[PlaceLabels.Namespace])));
    }

    [Fact]
    public void Twins_that_run_at_once_are_two_also_after_one_listened()
    {
        _fake.Start(10, "/usr/bin/app");
        _fake.Start(11, "/usr/bin/app");
        var first = Observe(10, "app");
        var second = Observe(11, "app");
        _table.MarkListening(first);
        _table.MarkListening(second);
        Assert.NotEqual(first, second);
        Assert.Equal((first, second), (Observe(10, "app"), Observe(11, "app")));
    }

    [Fact]
    public void The_number_of_a_listener_is_never_given_on()
    {
        _fake.Start(10, "/usr/bin/app");
        var first = Observe(10, "app");
        _table.MarkListening(first);
        _fake.Start(10, "/usr/bin/app");
        Assert.NotEqual(first, Observe(10, "app"));
        Assert.Equal(1ul, Record(first).Instances);
    }

    [Fact]
    public void Twins_beyond_the_bound_share_the_last_number()
    {
        for (uint pid = 1; pid <= 100; pid++)
        {
            _fake.Start(pid, "/usr/bin/app");
            Observe(pid, "app");
        }

        Assert.Equal(ProcessTable.MaxTwins, _table.Count);
        Assert.Equal(37ul, Record(ProcessTable.MaxTwins).Instances);
        Assert.Equal(37, Record(ProcessTable.MaxTwins).Living);
    }

    [Fact]
    public void Sixteen_argument_lists_are_told_apart_and_the_rest_is_one()
    {
        for (uint i = 1; i <= 40; i++)
        {
            _fake.Start(10, "/usr/bin/git", arguments: [$"job{i}"]);
            Observe(10, "git");
        }

        Assert.Equal(Lineages.MaxArgumentLists + 1, _table.Count);
        Assert.Equal(24ul, _table.Records.Single(record => record.Arguments.Count == 0).Instances);
    }

    [Fact]
    public void Beyond_the_bound_of_records_all_are_other_and_counted()
    {
        var table = Create(maxRecords: 10);
        for (uint pid = 1; pid <= 50; pid++)
        {
            table.Observe(pid, Encoding.UTF8.GetBytes($"p{pid}"), 7, 1);
        }

        Assert.Equal(10, table.Count);
        Assert.Equal(41, table.Unheld);
        Assert.Equal(41ul, table.Records.Single(record => record.Comm == "other").Instances);
    }

    [Fact]
    public void Late_events_of_a_process_that_has_gone_come_under_its_number_for_a_while()
    {
        _fake.Start(10, "/usr/bin/app");
        var number = Observe(10, "app");
        _fake.End(10);
        Assert.Equal(number, Observe(10, "thread"));
        Assert.NotEqual(number, Observe(10, "thread", cgroup: 99));

        var gone = Observe(11, "curl");
        _time.Advance(ProcessTable.Tombstone + TimeSpan.FromSeconds(1));
        _table.Sweep();
        Assert.NotEqual(gone, Observe(11, "wget"));
    }

    [Fact]
    public void A_sweep_finds_the_gone_a_bounded_number_at_a_time()
    {
        for (uint pid = 1; pid <= 30; pid++)
        {
            _fake.Start(pid, "/usr/bin/app" + pid);
            Observe(pid, "app");
        }

        for (uint pid = 1; pid <= 30; pid++)
        {
            _fake.End(pid);
        }

        _table.TakeChanged([]);
        _table.Sweep(maxLooks: 10);
        Assert.Equal(20, _table.Records.Sum(record => record.Living));
        _table.Sweep(maxLooks: 10);
        _table.Sweep(maxLooks: 10);
        Assert.Equal(0, _table.Records.Sum(record => record.Living));

        var changed = new List<Process>();
        _table.TakeChanged(changed);
        Assert.Equal(30, changed.Count(process => !process.Alive));
    }

    [Fact]
    public void Only_what_changed_is_taken_and_only_once()
    {
        _fake.Start(10, "/usr/bin/app", arguments: ["serve"]);
        Observe(10, "app");
        Observe(11, "curl");
        var taken = new List<Process>();
        _table.TakeChanged(taken, max: 1);
        Assert.True(_table.HasChanges);
        _table.TakeChanged(taken);
        _table.TakeChanged(taken);
        Assert.Equal([1u, 2u], taken.Select(process => process.Number));
        Assert.Equal(("app", "/usr/bin/app", "/a.service", true, 1ul), (taken[0].Comm, taken[0].Exe, taken[0].Cgroup, taken[0].Alive, taken[0].Instances));
        Assert.Equal(["serve"], taken[0].Arguments);
    }

    [Fact]
    public void A_record_is_forgotten_only_when_nothing_of_it_can_come_any_more()
    {
        _fake.Start(10, "/usr/bin/app");
        var number = Observe(10, "app");
        Assert.False(_table.Forget(number));
        _fake.End(10);
        _table.Sweep();
        Assert.False(_table.Forget(number));
        _time.Advance(ProcessTable.Tombstone + TimeSpan.FromSeconds(1));
        _table.Sweep();
        Assert.True(_table.Forget(number));
        Assert.Equal(0, _table.Count);
        _fake.Start(10, "/usr/bin/app");
        Assert.Equal(number + 1, Observe(10, "app"));
    }

    [Fact]
    public void A_known_process_costs_no_allocation()
    {
        _fake.Start(10, "/usr/bin/app");
        // The first round allocates what is allocated once.
        ObserveOften();
        var before = GC.GetAllocatedBytesForCurrentThread();
        ObserveOften();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void ObserveOften()
        {
            for (var i = 0; i < 100; i++)
            {
                _table.Observe(10, "app"u8, 7, 1);
                _table.Sweep();
            }
        }
    }

    [Fact]
    public void Pid_0_is_the_unknown_process() => Assert.Equal(0u, Observe(0, "swapper"));

    [Fact]
    public void Whatever_happens_no_number_ever_means_two_programs()
    {
        // Each step: a pid, a program, and whether it is started, ended, observed, swept or marked as a listener.
        Gen.Select(Gen.UInt[1, 6], Gen.Int[0, 3], Gen.Int[0, 9]).Array[1, 60].Sample(
            steps =>
            {
                using var fake = new FakeProc();
                var table = new ProcessTable(new ProcReader(fake.Root, new Discretion(Words: true, [])), new CgroupPaths(null, _time), _time, 16);
                var programs = new Dictionary<uint, string>();
                var running = new Dictionary<uint, string>();
                foreach (var (pid, program, action) in steps)
                {
                    Step(fake, table, running, pid, "/bin/p" + program, action, programs);
                }
            },
            iter: 60, threads: 1);
    }

    private static void Step(
        FakeProc fake, ProcessTable table, Dictionary<uint, string> running, uint pid, string exe, int action, Dictionary<uint, string> programs)
    {
        switch (action)
        {
            case < 3:
                fake.Start(pid, exe);
                running[pid] = exe;
                break;
            case 3:
                fake.End(pid);
                running.Remove(pid);
                break;
            case 4:
                table.Sweep();
                break;
            default:
                if (running.TryGetValue(pid, out var program))
                {
                    var number = table.Observe(pid, Encoding.UTF8.GetBytes(program[5..]), 7, 1);
                    Assert.Equal(program, programs.TryGetValue(number, out var known) ? known : program);
                    Assert.Equal(program, table.Find(number)!.Exe);
                    programs[number] = program;
                    if (action == 9)
                    {
                        table.MarkListening(number);
                    }
                }

                break;
        }
    }
}
