using Tendril.Graph;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Naming;

public class HostProcessesTests
{
    private readonly HostProcesses _processes = new(
        new(TestOperator.MachineId, "alpha", "boot-1", 1, [], 999), new(new([]), new("other", 1, default, "x"), false), 4);

    [Fact]
    public void Forked_workers_join_the_process_that_listens()
    {
        _processes.Add(Facts(1, "/usr/sbin/nginx", "nginx: master process"));
        _processes.Add(Facts(2, "/usr/sbin/nginx", "nginx: worker process"));
        _processes.Add(Listener(1, 8080));
        Assert.Equal(["nginx:8080", "nginx:8080"], Names());
    }

    [Fact]
    public void Two_processes_that_share_a_listener_are_one_service()
    {
        _processes.Add(Facts(1, "/usr/bin/python3", "app.py"));
        _processes.Add(Facts(2, "/usr/bin/python3", "app.py"));
        _processes.Add(Listener(1, 8001));
        _processes.Add(Listener(2, 8001));
        Assert.Single(_processes.TakeChanges().Select(process => process.Service.Id).Distinct());
    }

    [Fact]
    public void Two_servers_of_one_program_are_two_services_and_a_client_script_is_a_third()
    {
        _processes.Add(Facts(1, "/usr/bin/python3", "app.py", "--port", "8001"));
        _processes.Add(Facts(2, "/usr/bin/python3", "app.py", "--port", "8002"));
        _processes.Add(Facts(3, "/usr/bin/python3", "client.py"));
        _processes.Add(Listener(1, 8001));
        _processes.Add(Listener(2, 8002));
        Assert.Equal(["app.py:8001", "app.py:8002", "client.py"], Names());
    }

    [Fact]
    public void A_container_has_the_name_of_who_listens_in_it()
    {
        var cgroup = $"/system.slice/docker-{new string('a', 64)}.scope";
        _processes.Add(Facts(1, "/bin/tini", "--") with { Cgroup = cgroup });
        _processes.Add(Facts(2, "/usr/sbin/nginx") with { Cgroup = cgroup });
        _processes.Add(Listener(2, 80));
        Assert.Equal(["nginx-aaaaaaaaaaaa", "nginx-aaaaaaaaaaaa"], Names());
    }

    [Fact]
    public void A_name_follows_the_listener_and_is_told_only_when_it_changes()
    {
        _processes.Add(Facts(1, "/usr/bin/python3"));
        Assert.Equal(["python3"], Names());
        _processes.Add(Listener(1, 8001));
        Assert.Equal(["python3:8001"], Names());
        _processes.Add(Listener(1, 8001));
        _processes.Add(Facts(1, "/usr/bin/python3"));
        Assert.Empty(Names());
        _processes.Add(Listener(1, 8002));
        _processes.Add(Listener(1, 8001) with { Open = false });
        Assert.Equal(["python3:8002"], Names());
    }

    [Fact]
    public void A_server_that_listens_no_longer_keeps_its_name()
    {
        _processes.Add(Facts(1, "/usr/bin/python3"));
        _processes.Add(Listener(1, 8001));
        Assert.Equal(["python3:8001"], Names());
        _processes.Add(Listener(1, 8001) with { Open = false });
        _processes.Add(Facts(1, "/usr/bin/python3") with { Alive = false });
        Assert.Equal(["python3:8001"], Names());
    }

    [Fact]
    public void Another_program_in_the_same_process_does_not_inherit_the_name()
    {
        _processes.Add(Facts(1, "/usr/bin/python3"));
        _processes.Add(Listener(1, 8001));
        _processes.Add(Listener(1, 8001) with { Open = false });
        _processes.Add(Facts(1, "/usr/bin/ruby"));
        Assert.Equal(["ruby"], Names());
    }

    [Fact]
    public void A_worker_with_only_an_ephemeral_port_joins_the_process_that_is_known_by_its_own()
    {
        _processes.Add(Facts(1, "/usr/sbin/nginx", "nginx: master process"));
        _processes.Add(Facts(2, "/usr/sbin/nginx", "nginx: worker process"));
        _processes.Add(Listener(1, 8080));
        _processes.Add(Listener(2, 40_000));
        Assert.Equal(["nginx:8080", "nginx:8080"], Names());
    }

    [Fact]
    public void A_container_is_not_named_by_an_ephemeral_port_beside_a_known_one()
    {
        var cgroup = $"/system.slice/docker-{new string('a', 64)}.scope";
        _processes.Add(Facts(1, "/bin/helper") with { Cgroup = cgroup });
        _processes.Add(Facts(2, "/usr/sbin/nginx") with { Cgroup = cgroup });
        _processes.Add(Listener(1, 6060) with { Address = NetAddress.Parse("127.0.0.1") });
        _processes.Add(Listener(2, 8080));
        Assert.Equal(["nginx-aaaaaaaaaaaa", "nginx-aaaaaaaaaaaa"], Names());
    }

    [Fact]
    public void What_a_full_report_does_not_mention_is_gone()
    {
        _processes.Add(Facts(1, "/usr/bin/python3"));
        _processes.Add(Listener(1, 8001));
        Assert.Equal(["python3:8001"], Names());
        _processes.BeginFull();
        _processes.Add(Facts(1, "/usr/bin/python3"));
        _processes.EndFull();
        Assert.Null(_processes.ServiceAt(1, NetAddress.Parse("127.0.0.1"), 8001, Transport.Tcp));
    }

    [Fact]
    public void Dead_processes_make_room_and_living_ones_do_not()
    {
        Assert.True(Enumerable.Range(1, 4).All(number => _processes.Add(Facts((uint)number, "/bin/x"))));
        Assert.False(_processes.Add(Facts(5, "/bin/x")));
        Assert.True(_processes.Add(Facts(2, "/bin/x") with { Alive = false }));
        Assert.True(_processes.Add(Facts(5, "/bin/x")));
        Assert.False(_processes.Add(Facts(6, "/bin/x")));
    }

    private List<string> Names() => [.. _processes.TakeChanges().OrderBy(process => process.Number).Select(process => process.Service.Name)];

    private static ProcessFacts Facts(uint number, string exe, params string[] arguments) =>
        ProgramNameTests.Facts(exe, "") with { Number = number, Pid = number, Arguments = [.. arguments] };

    private static ListenerObservation Listener(uint process, ushort port) =>
        new(1, NetAddress.Parse("0.0.0.0"), port, Transport.Tcp, process, true, DateTimeOffset.UnixEpoch);
}
