using Tendril.Protocol;

namespace Tendril.Operator.Tests.Ingest;

public class HandshakeTests
{
    [Fact]
    public async Task Two_agents_reports_of_one_connection_through_nat_are_one_edge_with_what_was_dialled()
    {
        await using var test = await TestOperator.StartAsync();
        await using var near = await test.ConnectAsync();
        await using var far = await test.ConnectAsync(hello =>
        {
            (hello.MachineId, hello.Hostname, hello.BootId) = ("b", "beta", "boot-2");
            hello.HostAddresses.Clear();
            hello.HostAddresses.Add(TestAgent.Address("10.1.0.1"));
        });
        await near.ReportAsync(new() { Processes = { TestAgent.Process(1, "/usr/bin/web") }, Dependencies = { TestAgent.Calls(1, 80, 3, "10.96.0.1") } });
        await far.ReportAsync(new()
        {
            Processes = { TestAgent.Process(1, "/usr/bin/redis-server") },
            Listeners = { TestAgent.Listens(1, 6379) },
            Dependencies = { new Dependency(TestAgent.Calls(1, 6379, 3, "10.1.0.1")) { Role = Role.Server, PeerAddress = TestAgent.Address("10.9.9.9") } },
        });
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        await near.SendAsync(new() { FlowEvents = new() { Events = { Opened(Role.Client, "10.0.0.1", 40_000, "10.96.0.1", 80, 7, 8) } } });
        await far.SendAsync(new() { FlowEvents = new() { Events = { Opened(Role.Server, "10.1.0.1", 6379, "10.9.9.9", 1_024, 8, 7) } } });
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 1);
        Assert.Equal(["web -> redis-server 3"], graph.Edges());
        var edge = graph.GetProperty("edges")[0];
        Assert.Equal(("both", 6379, "tcp/10.96.0.1:80"),
            (edge.GetProperty("evidence").GetString(), edge.GetProperty("port").GetInt32(), Assert.Single(edge.GetProperty("dialled").EnumerateArray()).GetString()));
    }

    private static FlowEvent Opened(Role role, string local, uint localPort, string remote, uint remotePort, uint send, uint receive) => new()
    {
        TimeUs = TestAgent.Now,
        Kind = FlowKind.Opened,
        Role = role,
        Transport = Transport.Tcp,
        NetworkNamespace = TestAgent.HostNamespace,
        LocalAddress = TestAgent.Address(local),
        LocalPort = localPort,
        RemoteAddress = TestAgent.Address(remote),
        RemotePort = remotePort,
        ProcessNumber = 1,
        SendSequence = send,
        ReceiveSequence = receive,
    };
}
