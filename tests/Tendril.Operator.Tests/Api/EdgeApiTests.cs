using System.Text.Json;
using Tendril.Protocol;

namespace Tendril.Operator.Tests.Api;

public class EdgeApiTests
{
    [Fact]
    public async Task An_edge_tells_who_reported_it_how_its_ends_were_found_and_its_newest_connections()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var report = TestAgent.Shop();
        report.Dependencies.Add(new Dependency(TestAgent.Calls(1, 8000, 5)) { Role = Role.Server, PeerAddress = TestAgent.Address("127.0.0.1") });
        await agent.ReportAsync(report);
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        for (uint port = 40_001; port <= 40_006; port++)
        {
            await agent.SendAsync(new() { FlowEvents = new() { Events = { Flow(Role.Client, port, FlowKind.Opened), Flow(Role.Client, port, FlowKind.Closed) } } });
        }

        await agent.ReportAsync(new());
        var id = graph.GetProperty("edges").EnumerateArray().Single(edge => edge.GetProperty("port").GetInt32() == 8000).GetProperty("id").GetString();
        var edge = await test.JsonAsync($"/api/edges/{id}");
        Assert.Equal(["edge", "source", "target", "reports", "reportsLeftOut", "samples"], edge.EnumerateObject().Select(property => property.Name));
        Assert.Equal("""{"id":"process/0123456789ab/curl","name":"curl","kind":"process","namedBy":"process"}""", edge.GetProperty("source").GetRawText());
        Assert.Equal(id, edge.GetProperty("edge").GetProperty("id").GetString());
        var reports = edge.GetProperty("reports").EnumerateArray().ToDictionary(r => r.GetProperty("role").GetString()!);
        Assert.Equal(2, reports.Count);
        Assert.Equal(("listener", "tcp/127.0.0.1:8000", "alpha", "0", true), (
            Text(reports["client"], "resolvedBy"), Text(reports["client"], "serverEndpoint"), Text(reports["client"], "hostname"),
            Text(reports["client"], "networkNamespace"), reports["client"].GetProperty("counted").GetBoolean()));
        Assert.Equal("1970-01-01T00:00:02+00:00", Text(reports["client"], "since"));
        Assert.Equal("""{"number":3,"pid":1003,"comm":"curl","exe":"/usr/bin/curl"}""", reports["client"].GetProperty("process").GetRawText());
        Assert.Equal(5, reports["client"].GetProperty("counters").GetProperty("opened").GetInt64());
        Assert.Equal(("client's report", "127.0.0.1", false), (
            Text(reports["server"], "resolvedBy"), Text(reports["server"], "peer"), reports["server"].GetProperty("counted").GetBoolean()));
        var samples = edge.GetProperty("samples").EnumerateArray().ToList();
        Assert.Equal(["127.0.0.1:40006", "127.0.0.1:40005", "127.0.0.1:40004", "127.0.0.1:40003"], samples.Select(sample => Text(sample, "local")));
        Assert.Equal(("alpha", "client", "127.0.0.1:8000", "curl", 42), (
            Text(samples[0], "host"), Text(samples[0], "role"), Text(samples[0], "remote"), Text(samples[0], "comm"), samples[0].GetProperty("rttMicros").GetDouble()));

        var between = (await test.JsonAsync("/api/edges?source=curl&target=web.py:8000")).GetProperty("edges");
        Assert.Equal(id, Assert.Single(between.EnumerateArray()).GetProperty("edge").GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("/api/edges/nonsense", 404, "no edge has the id 'nonsense'")]
    [InlineData("/api/edges?source=curl&target=nobody", 404, "target: no service has the id or name 'nobody'")]
    [InlineData("/api/edges?source=nobody&target=curl", 404, "source: no service has the id or name 'nobody'")]
    [InlineData("/api/edges?source=postgres&target=web.py:8000", 404, "'web.py:8000' depends on 'postgres': ask the other way round")]
    [InlineData("/api/edges?source=curl&target=postgres", 404, "'curl' does not depend on 'postgres' directly.")]
    [InlineData("/api/edges?source=curl", 400, "target: Must be the id or the name of a service")]
    [InlineData("/api/edges?from=curl", 400, "from: Unknown parameter; there are: source, target.")]
    public async Task What_is_not_there_is_a_problem_that_says_what_to_do(string path, int status, string detail)
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        using var response = await test.Http.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal((status, "application/problem+json"), ((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
        Assert.Contains(detail, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_tells_what_its_programs_cost_its_kernel()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(new() { ProgramRuns = { new ProgramRuns { Program = "sockops_tracker", Runs = 1000, RunTimeNs = 2_500_000 } } });
        await agent.ReportAsync(new() { Losses = new() { Unattributed = 1 } });
        var told = (await test.GraphAsync(_ => true)).GetProperty("stats").GetProperty("agents")[0];
        Assert.Equal("""[{"name":"sockops_tracker","runs":1000,"runTimeNs":2500000}]""", told.GetProperty("programs").GetRawText());
        var metrics = await test.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("""tendril_bpf_program_runs_total{host="alpha",program="sockops_tracker"} 1000""", metrics, StringComparison.Ordinal);
        Assert.Contains("""tendril_bpf_program_run_seconds_total{host="alpha",program="sockops_tracker"} 0.0025""", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_tells_since_when_its_hooks_are_attached_and_how_much_it_explains()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync(hello => hello.Capabilities[0].SinceUs = 1_700_000_000_000_000);
        await agent.ReportAsync(new() { SelfCheck = new() { TimeUs = 1_700_000_060_000_000, Sockets = 8, Explained = 7 } });
        var told = (await test.GraphAsync(_ => true)).GetProperty("stats").GetProperty("agents")[0];
        Assert.Equal("2023-11-14T22:13:20+00:00", Text(told.GetProperty("capabilities")[0], "since"));
        Assert.Equal("""{"time":"2023-11-14T22:14:20+00:00","sockets":8,"explained":7,"share":0.875}""", told.GetProperty("selfCheck").GetRawText());
        Assert.Contains("""tendril_agent_sockets_explained_ratio{host="alpha"} 0.875""", await test.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
        // A new stream of the same run has nothing to say of it yet.
        await using var again = await test.ConnectAsync();
        Assert.Equal(8, (await test.GraphAsync(_ => true)).GetProperty("stats").GetProperty("agents")[0].GetProperty("selfCheck").GetProperty("sockets").GetInt32());
    }

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static FlowEvent Flow(Role role, uint port, FlowKind kind) => new()
    {
        TimeUs = TestAgent.Now - 60_000_000 + (port % 1_000 * 1_000_000),
        Kind = kind,
        Role = role,
        Transport = Transport.Tcp,
        NetworkNamespace = TestAgent.HostNamespace,
        LocalAddress = TestAgent.Address("127.0.0.1"),
        LocalPort = port,
        RemoteAddress = TestAgent.Address("127.0.0.1"),
        RemotePort = 8000,
        Pid = 1003,
        Comm = "curl",
        ProcessNumber = 3,
        RttUs = kind == FlowKind.Closed ? 42u : 0,
    };
}
