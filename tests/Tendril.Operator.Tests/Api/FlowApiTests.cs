using System.Text.Json;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Tendril.Operator.Ingest;
using Tendril.Protocol;

namespace Tendril.Operator.Tests.Api;

public class FlowApiTests
{
    [Fact]
    public async Task A_follower_gets_a_heartbeat_at_once_and_then_each_flow_with_all_that_is_known_of_it()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await using var flows = await EventFollower.OpenAsync(test, "/api/flows");
        Assert.Equal("heartbeat", (await flows.NextAsync()).EventType);
        var closed = Flow(3, "127.0.0.1", 8000, FlowKind.Closed);
        (closed.BytesSent, closed.BytesReceived, closed.RttUs, closed.DurationUs, closed.TimeUs) = (100, 2000, 42, 7_000, 1_700_000_000_000_000);
        var failed = Flow(99, "127.0.0.1", 9, FlowKind.Failed);
        failed.Failure = Failure.Refused;
        await SendAsync(agent, Flow(3, "127.0.0.1", 8000), closed, failed);
        var opened = await flows.NextAsync("flow");
        Assert.Equal(
            """{"id":"process/0123456789ab/curl","name":"curl"} {"id":"process/0123456789ab/web.py:8000","name":"web.py:8000"}""",
            $"{opened.GetProperty("client")} {opened.GetProperty("server")}");
        Assert.Equal("opened null null null null", Values(opened, "kind", "reason", "bytesSent", "rttMicros", "durationMicros"));
        Assert.Equal(
            "2023-11-14T22:13:20+00:00 closed alpha client 127.0.0.1:40000 127.0.0.1:8000 null 8000 tcp 4242 curl null 100 2000 42 7000",
            Values(await flows.NextAsync("flow"), "time", "kind", "host", "role", "local", "remote", "dialled", "port", "transport", "pid", "comm", "reason", "bytesSent", "bytesReceived", "rttMicros", "durationMicros"));
        var refused = await flows.NextAsync("flow");
        Assert.Equal("failed refused", Values(refused, "kind", "reason"));
        Assert.Equal("unknown process on alpha", refused.GetProperty("client").GetProperty("name").GetString());
    }

    [Fact]
    public async Task Bytes_are_seen_from_the_client_whichever_end_tells()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await using var flows = await EventFollower.OpenAsync(test, "/api/flows");
        var accepted = Accepted("127.0.0.1", FlowKind.Closed);
        (accepted.BytesSent, accepted.BytesReceived) = (2000, 100);
        await flows.NextAsync();
        await SendAsync(agent, accepted);
        Assert.Equal("server 8000 100 2000", Values(await flows.NextAsync("flow"), "role", "port", "bytesSent", "bytesReceived"));
    }

    [Theory]
    [InlineData("kind=failed", "127.0.0.1:9")]
    [InlineData("port=5432", "127.0.0.1:5432")]
    [InlineData("service=postgres", "127.0.0.1:5432")]
    [InlineData("service=curl&kind=closed", "127.0.0.1:8000")]
    [InlineData("service=process/0123456789ab/curl&kind=closed&port=8000", "127.0.0.1:8000")]
    public async Task Filters_choose(string query, string remote)
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await using var flows = await EventFollower.OpenAsync(test, "/api/flows?" + query);
        await flows.NextAsync();
        await SendAsync(
            agent, Flow(3, "127.0.0.1", 8000), Flow(1, "127.0.0.1", 5432), Flow(3, "127.0.0.1", 9, FlowKind.Failed), Flow(3, "127.0.0.1", 8000, FlowKind.Closed));
        Assert.Equal(remote, Values(await flows.NextAsync("flow"), "remote"));
    }

    [Fact]
    public async Task An_edges_flows_are_those_of_its_ends_transport_and_port_told_by_either_end()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var report = TestAgent.Shop();
        report.Dependencies.Add(TestAgent.Calls(2, 8000, 1));
        await agent.ReportAsync(report);
        await using var flows = await FollowEdgeAsync(test, "curl", 3);
        await SendAsync(
            agent, Flow(1, "127.0.0.1", 5432), Flow(2, "127.0.0.1", 8000), Flow(3, "127.0.0.1", 8001), Flow(3, "127.0.0.1", 8000, FlowKind.Closed),
            Accepted("127.0.0.1", FlowKind.Closed));
        Assert.Equal("client 127.0.0.1:8000", Values(await flows.NextAsync("flow"), "role", "remote"));
        Assert.Equal("server 127.0.0.1:40000", Values(await flows.NextAsync("flow"), "role", "remote"));
    }

    [Fact]
    public async Task An_edge_that_DNS_named_has_its_flows_too()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var report = TestAgent.Shop();
        report.Dependencies.Add(new Dependency(TestAgent.Calls(1, 443, 1, "203.0.113.7")) { ServerName = "api.bank.example", ServerNameSource = NameSource.Dns });
        await agent.ReportAsync(report);
        await using var flows = await FollowEdgeAsync(test, "web.py:8000", 3, "api.bank.example");
        await SendAsync(agent, Flow(3, "203.0.113.7", 443), Flow(1, "203.0.113.8", 443), Flow(1, "203.0.113.7", 443));
        var flow = await flows.NextAsync("flow");
        Assert.Equal("web.py:8000 203.0.113.7:443", $"{flow.GetProperty("client").GetProperty("name")} {Values(flow, "remote")}");
    }

    [Fact]
    public async Task A_server_whose_client_is_only_an_address_tells_of_that_clients_edge_alone()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var report = TestAgent.Shop();
        foreach (var peer in new[] { "198.51.100.1", "198.51.100.2" })
        {
            report.Dependencies.Add(new Dependency(TestAgent.Calls(1, 8000, 1, "10.0.0.1")) { Role = Role.Server, PeerAddress = TestAgent.Address(peer) });
        }

        await agent.ReportAsync(report);
        await using var flows = await FollowEdgeAsync(test, "198.51.100.2", 4);
        await SendAsync(agent, Accepted("198.51.100.1", FlowKind.Opened, "10.0.0.1"), Accepted("198.51.100.2", FlowKind.Opened, "10.0.0.1"));
        Assert.Equal("198.51.100.2:40000", Values(await flows.NextAsync("flow"), "remote"));
    }

    [Theory]
    [InlineData("port=0", 400, "port: '0' is not a port, 1 to 65535.")]
    [InlineData("port=1&port=2", 400, "port: Given more than once; give it once.")]
    [InlineData("kind=gone", 400, "kind: 'gone' is none of opened, closed, failed.")]
    [InlineData("service=", 400, "service: Must be the id or the name of a service, 1 to 512 characters.")]
    [InlineData("egde=1", 400, "egde: Unknown parameter; there are: edge, service, kind, port.")]
    [InlineData("edge=nonsense", 404, "edge: no edge has the id 'nonsense'; /api/dependency-graph lists them.")]
    public async Task What_is_wrong_is_told_by_field(string query, int status, string detail)
    {
        await using var test = await TestOperator.StartAsync();
        using var response = await test.Http.GetAsync("/api/flows?" + query, TestContext.Current.CancellationToken);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal((status, detail), ((int)response.StatusCode, problem.GetProperty("detail").GetString()));
    }

    [Fact]
    public async Task Agents_send_more_while_somebody_follows()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReadUntilAsync(_ => agent.Budget == 200);
        await using (await EventFollower.OpenAsync(test, "/api/flows"))
        {
            await agent.ReadUntilAsync(_ => agent.Budget == 5000);
        }

        await agent.ReadUntilAsync(_ => agent.Budget == 200);
    }

    [Fact]
    public async Task There_are_so_many_followers_and_observers_together_and_no_more()
    {
        await using var test = await TestOperator.StartAsync();
        var feed = test.Services.GetRequiredService<FlowFeed>();
        for (var i = 1; i < FlowFeed.MaxObservers; i++)
        {
            Assert.NotNull(feed.TryJoin(new()));
        }

        await using (await EventFollower.OpenAsync(test, "/api/flows"))
        {
            using var response = await test.Http.GetAsync("/api/flows", TestContext.Current.CancellationToken);
            Assert.Equal(503, (int)response.StatusCode);
            using var call = new Observer.ObserverClient(test.Channel).Observe(new(), cancellationToken: TestContext.Current.CancellationToken);
            var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        }
    }

    [Fact]
    public async Task Who_reads_too_slowly_is_told_how_much_was_lost()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await using var flows = await EventFollower.OpenAsync(test, "/api/flows");
        await flows.NextAsync();
        var flood = new FlowEvents { Events = { Enumerable.Repeat(Flow(3, "127.0.0.1", 8000), 8_000) } };
        for (var i = 0; i < 10; i++)
        {
            await agent.SendAsync(new() { FlowEvents = flood });
            await agent.ReportAsync(new());
        }

        Assert.InRange((await flows.NextAsync("lost")).GetProperty("lost").GetInt64(), 1, 80_000);
    }

    [Fact]
    public async Task The_stream_ends_quietly_with_the_operator()
    {
        await using var test = await TestOperator.StartAsync();
        await using var flows = await EventFollower.OpenAsync(test, "/api/flows");
        await flows.NextAsync();
        await test.StopAsync();
        Assert.False(await flows.MoveNextAsync());
    }

    private static async Task<EventFollower> FollowEdgeAsync(TestOperator test, string source, int edges, string? target = null)
    {
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == edges);
        var id = graph.GetProperty("edges").EnumerateArray().Single(edge =>
            edge.GetProperty("source").GetString() == graph.Node(source).GetProperty("id").GetString()
            && (target is null || edge.GetProperty("target").GetString() == graph.Node(target).GetProperty("id").GetString())).GetProperty("id").GetString();
        var flows = await EventFollower.OpenAsync(test, $"/api/flows?edge={id}");
        Assert.Equal("heartbeat", (await flows.NextAsync()).EventType);
        return flows;
    }

    private static Task SendAsync(TestAgent agent, params FlowEvent[] events) => agent.SendAsync(new() { FlowEvents = new() { Events = { events } } });

    /// <summary>As the client's end tells it.</summary>
    private static FlowEvent Flow(uint process, string address, uint port, FlowKind kind = FlowKind.Opened) => new()
    {
        TimeUs = TestAgent.Now,
        Kind = kind,
        Role = Role.Client,
        Transport = Transport.Tcp,
        NetworkNamespace = TestAgent.HostNamespace,
        LocalAddress = TestAgent.Address("127.0.0.1"),
        LocalPort = 40_000,
        RemoteAddress = TestAgent.Address(address),
        RemotePort = port,
        ProcessNumber = process,
        Pid = 4242,
        Comm = "curl",
    };

    /// <summary>As the web server's end tells it.</summary>
    private static FlowEvent Accepted(string peer, FlowKind kind, string address = "127.0.0.1") => new(Flow(1, peer, 40_000, kind))
    {
        Role = Role.Server,
        LocalAddress = TestAgent.Address(address),
        LocalPort = 8000,
    };

    private static string Values(JsonElement flow, params string[] fields) =>
        string.Join(' ', fields.Select(field => flow.GetProperty(field)).Select(value => value.ValueKind == JsonValueKind.Null ? "null" : value.ToString()));
}
