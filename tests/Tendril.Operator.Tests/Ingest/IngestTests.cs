using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Tendril.Operator.Ingest;
using Tendril.Protocol;

namespace Tendril.Operator.Tests.Ingest;

public class IngestTests
{
    [Fact]
    public async Task A_call_that_is_reset_before_its_Hello_is_no_fault_of_ours()
    {
        await using var test = await TestOperator.StartAsync();
        var client = new Protocol.Ingest.IngestClient(test.Channel);
        var calls = Enumerable.Range(0, 50).Select(_ => client.Connect(cancellationToken: TestContext.Current.CancellationToken)).ToList();
        await Task.Delay(300, TestContext.Current.CancellationToken);
        calls.ForEach(call => call.Dispose());
        Assert.Equal("tendril-operator", (await test.JsonAsync("/health")).GetProperty("service").GetString());
    }

    [Fact]
    public async Task A_report_becomes_the_graph()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        Assert.Equal(["curl", "postgres", "web.py:8000"], graph.Names());
        Assert.Equal(["curl -> web.py:8000 5", "web.py:8000 -> postgres 10"], graph.Edges());
        var postgres = graph.Node("postgres");
        Assert.Equal(("data", "process", "process/0123456789ab/postgres"),
            (postgres.GetProperty("tier").GetString(), postgres.GetProperty("kind").GetString(), postgres.GetProperty("id").GetString()));
        Assert.Equal(5432, postgres.GetProperty("port").GetInt32());
        var shown = graph.GetProperty("stats").GetProperty("agents")[0];
        Assert.True(shown.GetProperty("connected").GetBoolean());
        Assert.Equal("sockops", shown.GetProperty("capabilities")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Rules_name_services_end_to_end()
    {
        await using var test = await TestOperator.StartAsync("rules: [{ name: shop, tier: edge, match: { port: 8000 } }]");
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        Assert.Equal("service/shop", graph.Node("shop").GetProperty("id").GetString());
    }

    [Fact]
    public async Task The_same_report_twice_gives_the_same_graph()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await agent.ReportAsync(TestAgent.Shop());
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        Assert.Equal(15, graph.GetProperty("totals").GetProperty("connectionsOpened").GetInt64());
    }

    [Fact]
    public async Task After_a_lost_stream_one_full_report_brings_the_graph_up_to_date()
    {
        await using var test = await TestOperator.StartAsync();
        await using (var first = await test.ConnectAsync())
        {
            await first.ReportAsync(TestAgent.Shop(calls: 5));
        }

        await test.GraphAsync(g => !g.GetProperty("stats").GetProperty("agents")[0].GetProperty("connected").GetBoolean());
        await using var second = await test.ConnectAsync();
        await second.ReportAsync(TestAgent.Shop(calls: 9));
        var graph = await test.GraphAsync(g => g.GetProperty("totals").GetProperty("connectionsOpened").GetInt64() == 27);
        Assert.Equal(["curl -> web.py:8000 9", "web.py:8000 -> postgres 18"], graph.Edges());
    }

    [Fact]
    public async Task A_restarted_agents_counters_are_added_to_the_old_ones()
    {
        await using var test = await TestOperator.StartAsync();
        await using (var first = await test.ConnectAsync())
        {
            await first.ReportAsync(TestAgent.Shop(calls: 5));
        }

        await using var second = await test.ConnectAsync(hello => hello.AgentStartUs = 2_000_000);
        await second.ReportAsync(TestAgent.Shop(calls: 1));
        await test.GraphAsync(g => g.GetProperty("totals").GetProperty("connectionsOpened").GetInt64() == 18);
    }

    [Fact]
    public async Task A_newer_stream_of_a_host_ends_the_older_one_with_a_reason()
    {
        await using var test = await TestOperator.StartAsync();
        await using var older = await test.ConnectAsync();
        await using var newer = await test.ConnectAsync(hello => hello.AgentStartUs = 2_000_000);
        var ended = await Assert.ThrowsAsync<RpcException>(() => older.ReadUntilAsync(_ => false));
        Assert.Equal(StatusCode.Aborted, ended.StatusCode);
        Assert.Contains("a newer stream of alpha", ended.Status.Detail, StringComparison.Ordinal);
        var refused = await Assert.ThrowsAsync<RpcException>(() => test.ConnectAsync());
        Assert.Equal(StatusCode.AlreadyExists, refused.StatusCode);
        await newer.ReportAsync(TestAgent.Shop());
    }

    [Fact]
    public async Task What_an_agent_said_last_counts_though_its_successor_took_over_but_nothing_after_its_successor()
    {
        await using var test = await TestOperator.StartAsync();
        var (agents, queue, reader) = (test.Services.GetRequiredService<AgentRegistry>(), test.Services.GetRequiredService<IngestQueue>(), test.Services.GetRequiredService<ReportReader>());
        using var older = Open(1_000_000);
        using var newer = Open(2_000_000);
        await AddAsync(older, sequence: 1, opened: 5);
        await AddAsync(newer, sequence: 1, opened: 2);
        await AddAsync(older, sequence: 2, opened: 9);
        await test.MetricAsync("tendril_ingest_rejected_total{reason=\"superseded\"}", count => count == 1);
        var graph = await test.GraphAsync(graph => graph.Edges().Count > 0);
        Assert.Equal(["web.py -> 127.0.0.1:5432 7"], graph.Edges());

        AgentSession Open(ulong start)
        {
            var hello = TestAgent.Hello();
            hello.AgentStartUs = start;
            var (host, status) = HelloReader.Read(hello, TimeProvider.System.GetUtcNow());
            return agents.Open(host, status, start);
        }

        async Task AddAsync(AgentSession session, ulong sequence, ulong opened)
        {
            var report = new Report { Sequence = sequence, TimeUs = TestAgent.Now, FullBegin = sequence == 1, FullEnd = sequence == 1 };
            report.Processes.Add(TestAgent.Process(1, "/usr/bin/python3", "python3", "/srv/web.py"));
            report.Dependencies.Add(TestAgent.Calls(1, 5432, opened));
            await queue.AddAsync(session, reader.Read(report, session.Clock), TestContext.Current.CancellationToken);
        }
    }

    [Theory]
    [InlineData("version", StatusCode.FailedPrecondition, "speaks version 2, this operator 0.1.0 speaks version 1; upgrade the operator")]
    [InlineData("machine", StatusCode.InvalidArgument, "hello.machine_id")]
    [InlineData("start", StatusCode.InvalidArgument, "hello.agent_start_us")]
    [InlineData("address", StatusCode.InvalidArgument, "hello.host_addresses: each is 16 bytes (IPv4 mapped into IPv6), not 4")]
    public async Task An_unusable_hello_is_refused_by_field(string what, StatusCode code, string detail)
    {
        await using var test = await TestOperator.StartAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(() => test.ConnectAsync(hello =>
        {
            hello.ProtocolVersion = what == "version" ? 2u : 1u;
            hello.MachineId = what == "machine" ? "a/b" : hello.MachineId;
            hello.AgentStartUs = what == "start" ? 0 : hello.AgentStartUs;
            if (what == "address")
            {
                hello.HostAddresses.Add(Google.Protobuf.ByteString.CopyFrom(1, 2, 3, 4));
            }
        }));
        Assert.Equal(code, refused.StatusCode);
        Assert.Contains(detail, refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_begins_to_listen_after_it_connected_leaves_no_former_node()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(new() { Processes = { TestAgent.Process(1, "/usr/bin/python3", "python3", "/srv/web.py") }, Dependencies = { TestAgent.Calls(1, 5432, 2) } });
        await test.GraphAsync(g => g.Names().SequenceEqual(["127.0.0.1:5432", "web.py"]));
        await agent.ReportAsync(new() { Listeners = { TestAgent.Listens(1, 8001) } });
        var graph = await test.GraphAsync(g => g.Names().Contains("web.py:8001"));
        Assert.Equal(["web.py:8001 -> 127.0.0.1:5432 2"], graph.Edges());
        Assert.Equal(["127.0.0.1:5432", "web.py:8001"], graph.Names());
        await agent.ReportAsync(new() { Listeners = { TestAgent.Listens(1, 8000) } });
        Assert.Equal(["127.0.0.1:5432", "web.py:8000"], (await test.GraphAsync(g => g.Names().Contains("web.py:8000"))).Names());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stopped_service_keeps_its_name_whether_it_was_seen_to_listen_or_not(bool wasSeen)
    {
        await using var test = await TestOperator.StartAsync("rules: [{ name: product, match: { port: 8003 } }]");
        await using var agent = await test.ConnectAsync();
        var server = TestAgent.Process(1, "/opt/tendril-demo", "tendril-demo", "product");
        if (wasSeen)
        {
            await agent.ReportAsync(new() { Processes = { server }, Listeners = { TestAgent.Listens(1, 8003) } });
            await test.GraphAsync(g => g.Names().Contains("product"));
            await agent.ReportAsync(new() { Processes = { new Process(server) { Alive = false } }, Listeners = { new Listener(TestAgent.Listens(1, 8003)) { Open = false } } });
        }

        await agent.ReportAsync(new() { Processes = { TestAgent.Process(3, "/usr/bin/curl") }, Dependencies = { TestAgent.Calls(3, 8003, 0, failed: 4) } });
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 1);
        Assert.Equal(["curl -> product 0"], graph.Edges());
        var product = graph.Node("product");
        Assert.Equal(("service/product", wasSeen ? "process" : "address"), (product.GetProperty("id").GetString(), product.GetProperty("kind").GetString()));

        await agent.ReportAsync(new() { Processes = { new Process(server) { Number = 2 } }, Listeners = { TestAgent.Listens(2, 8003) }, Dependencies = { TestAgent.Calls(3, 8003, 1, failed: 4) } });
        graph = await test.GraphAsync(g => g.GetProperty("totals").GetProperty("connectionsOpened").GetInt64() == 1);
        Assert.Equal(["curl", "product"], graph.Names());
        Assert.Equal("process", graph.Node("product").GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_container_that_listens_nowhere_draws_one_edge_as_soon_as_a_flow_event_tells_its_address()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var report = new Report
        {
            Processes = { TestAgent.Process(1, "/usr/bin/redis-server"), new Process(TestAgent.Process(2, "/usr/bin/worker")) { NetworkNamespace = 77 } },
            Listeners = { TestAgent.Listens(1, 6379) },
            Dependencies =
            {
                TestAgent.Calls(2, 6379, 3, "10.0.0.1", networkNamespace: 77),
                new Dependency(TestAgent.Calls(1, 6379, 3, "10.0.0.1")) { Role = Role.Server, PeerAddress = TestAgent.Address("172.17.0.2") },
            },
        };
        await agent.ReportAsync(report);
        await test.GraphAsync(g => g.Edges().SequenceEqual(["172.17.0.2 -> redis-server 3", "worker -> redis-server 3"]));
        await agent.SendAsync(new() { FlowEvents = new() { Events = { FromContainer(Role.Server), FromContainer(Role.Client) } } });
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 1);
        Assert.Equal(["worker -> redis-server 3"], graph.Edges());
        Assert.Equal("both", graph.GetProperty("edges")[0].GetProperty("evidence").GetString());
        Assert.Equal(["redis-server", "worker"], graph.Names());
    }

    private static FlowEvent FromContainer(Role role) => new()
    {
        TimeUs = TestAgent.Now,
        Kind = FlowKind.Opened,
        Role = role,
        Transport = Transport.Tcp,
        NetworkNamespace = role == Role.Client ? 77 : TestAgent.HostNamespace,
        LocalAddress = TestAgent.Address(role == Role.Client ? "172.17.0.2" : "10.0.0.1"),
        LocalPort = role == Role.Client ? 40_000u : 6379,
        RemoteAddress = TestAgent.Address(role == Role.Client ? "10.0.0.1" : "172.17.0.2"),
        RemotePort = role == Role.Client ? 6379u : 40_000,
        ProcessNumber = role == Role.Client ? 2u : 1u,
    };

    [Fact]
    public async Task Bad_items_are_counted_and_the_rest_is_taken()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var report = TestAgent.Shop();
        report.Dependencies.Add(new Dependency(report.Dependencies[0]) { ServerAddress = Google.Protobuf.ByteString.CopyFrom(1) });
        report.Dependencies.Add(new Dependency(report.Dependencies[0]) { ServerPort = 70_000 });
        report.Dependencies.Add(new Dependency(report.Dependencies[0]) { Role = Role.Unspecified });
        report.Dependencies.Add(new Dependency(report.Dependencies[0]) { Counters = new() { Opened = ulong.MaxValue } });
        report.Listeners.Add(new Listener(report.Listeners[0]) { Transport = Transport.Unspecified });
        report.Processes.Add(new Process(report.Processes[0]) { Number = 0 });
        await agent.ReportAsync(report);
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        var rejected = (await test.JsonAsync("/api/metrics")).GetProperty("rejected");
        Assert.All(["address", "port", "role", "counters", "transport", "process_number"], reason => Assert.Equal(1, rejected.GetProperty(reason).GetInt64()));
    }

    [Fact]
    public async Task A_message_beyond_the_bounds_ends_the_stream_by_field()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var report = new Report { Sequence = 1 };
        report.WireCounts.AddRange(Enumerable.Range(0, 100).Select(_ => new WireCount()));
        await agent.SendAsync(new() { Report = report });
        var ended = await Assert.ThrowsAsync<RpcException>(() => agent.ReadUntilAsync(_ => false));
        Assert.Equal(StatusCode.InvalidArgument, ended.StatusCode);
        Assert.StartsWith("report.wire_counts: 100 items in one message, at most 64", ended.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stalled_agent_does_not_hold_another_up()
    {
        await using var test = await TestOperator.StartAsync();
        // It says Hello and reports, but never reads an acknowledgement.
        await using var stalled = await test.ConnectAsync(hello => (hello.MachineId, hello.Hostname) = ("b", "beta"));
        for (ulong i = 1; i <= 2_000; i++)
        {
            await stalled.SendAsync(new() { Report = new() { Sequence = i } });
        }

        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
    }

    [Fact]
    public async Task More_hosts_than_allowed_are_refused()
    {
        await using var test = await TestOperator.StartAsync(configure: options => options.MaxAgents = 1);
        await using var agent = await test.ConnectAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(() => test.ConnectAsync(hello => hello.MachineId = "b"));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        Assert.Contains("--max-agents", refused.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_operators_end_takes_less_than_two_seconds_with_open_streams()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        using var stream = await test.Http.GetStreamAsync("/api/stream", TestContext.Current.CancellationToken);
        using var observe = new Observer.ObserverClient(test.Channel).Observe(new(), cancellationToken: TestContext.Current.CancellationToken);
        await observe.ResponseHeadersAsync;
        // Reads all the time, as an agent does.
        var reading = Assert.ThrowsAsync<RpcException>(() => agent.ReadUntilAsync(_ => false));
        var begun = TimeProvider.System.GetTimestamp();
        await test.StopAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(2));
        var ended = await reading;
        Assert.True(ended.StatusCode == StatusCode.Unavailable, ended.ToString());
    }
}
