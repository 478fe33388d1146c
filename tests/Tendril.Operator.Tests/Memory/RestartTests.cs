using System.Text.Json;

namespace Tendril.Operator.Tests.Memory;

/// <summary>The graph survives its operator's restart.</summary>
public sealed class RestartTests : IDisposable
{
    private static readonly string[] Shop = ["curl -> web.py:8000 5", "web.py:8000 -> postgres 10"];
    private readonly MemoryFolder _memory = new();

    [Fact]
    public async Task Without_agents_the_last_graph_is_shown_and_marked_stale()
    {
        JsonElement before;
        await using (var test = await _memory.StartAsync())
        {
            await using var agent = await test.ConnectAsync();
            await agent.ReportAsync(TestAgent.Shop());
            before = await test.GraphAsync(graph => graph.Edges().SequenceEqual(Shop));
            Assert.All(before.GetProperty("nodes").EnumerateArray(), node => Assert.False(node.GetProperty("stale").GetBoolean()));
        }

        await using var restarted = await _memory.StartAsync();
        var after = await restarted.GraphAsync(graph => graph.Edges().SequenceEqual(Shop));
        Assert.Equal(before.Names(), after.Names());
        foreach (var list in (string[])["nodes", "edges"])
        {
            var (old, restored) = (ById(before, list), ById(after, list));
            Assert.Equal(old.Keys.Order(), restored.Keys.Order());
            Assert.All(restored.Values, item => Assert.True(item.GetProperty("stale").GetBoolean()));
            foreach (var field in (string[])["firstSeen", "lastSeen", "state"])
            {
                Assert.All(old, item => Assert.Equal(item.Value.GetProperty(field).GetString(), restored[item.Key].GetProperty(field).GetString()));
            }
        }

        Assert.Equal(before.GetProperty("totals").ToString(), after.GetProperty("totals").ToString());
        var known = Assert.Single(after.GetProperty("stats").GetProperty("agents").EnumerateArray());
        Assert.Equal(("alpha", false, "0.1.0"), (known.GetProperty("hostname").GetString(), known.GetProperty("connected").GetBoolean(), known.GetProperty("agentVersion").GetString()));
        Assert.True(known.GetProperty("capabilities")[0].GetProperty("available").GetBoolean());
        Assert.Equal(["web.py:8000"], (await restarted.JsonAsync("/api/dependency-graph?service=web.py:8000&depth=0")).Names());
    }

    [Fact]
    public async Task Agents_that_come_back_count_on_and_nothing_twice()
    {
        await using (var test = await _memory.StartAsync())
        {
            await using var agent = await test.ConnectAsync();
            await agent.ReportAsync(TestAgent.Shop());
            await test.GraphAsync(graph => graph.Edges().SequenceEqual(Shop));
        }

        await using (var test = await _memory.StartAsync())
        {
            // The same run: what it counted in all.
            await using var agent = await test.ConnectAsync();
            await agent.ReportAsync(TestAgent.Shop(calls: 8));
            var graph = await test.GraphAsync(graph => graph.Edges().SequenceEqual(["curl -> web.py:8000 8", "web.py:8000 -> postgres 16"]));
            Assert.All(graph.GetProperty("edges").EnumerateArray(), edge => Assert.False(edge.GetProperty("stale").GetBoolean()));
        }

        await using (var test = await _memory.StartAsync())
        {
            // Another run: what it counted is more.
            await using var agent = await test.ConnectAsync(hello => hello.AgentStartUs = 3_000_000);
            await agent.ReportAsync(TestAgent.Shop(calls: 2));
            await test.GraphAsync(graph => graph.Edges().SequenceEqual(["curl -> web.py:8000 10", "web.py:8000 -> postgres 20"]));
        }

        await using (var test = await _memory.StartAsync())
        {
            await test.GraphAsync(graph => graph.Edges().SequenceEqual(["curl -> web.py:8000 10", "web.py:8000 -> postgres 20"]));
        }
    }

    [Fact]
    public async Task Addresses_that_nobody_listens_on_have_their_ids_again()
    {
        static Protocol.Report Report() => new()
        {
            FullBegin = true,
            FullEnd = true,
            Processes = { TestAgent.Process(1, "/usr/bin/web") },
            Dependencies =
            {
                TestAgent.Calls(1, 9000, 1), TestAgent.Calls(1, 9001, 1, "10.0.0.1"), TestAgent.Calls(1, 443, 1, "203.0.113.7"),
                TestAgent.Calls(1, 9002, 1, networkNamespace: 77),
            },
        };
        List<string?> before;
        await using (var test = await _memory.StartAsync())
        {
            await using var agent = await test.ConnectAsync();
            await agent.ReportAsync(Report());
            before = Ids(await test.GraphAsync(graph => graph.Names().Count == 5));
        }

        await using var restarted = await _memory.StartAsync();
        Assert.Equal(before, Ids(await restarted.GraphAsync(graph => graph.Names().Count == 5)));
        await using var again = await restarted.ConnectAsync();
        await again.ReportAsync(Report());
        Assert.Equal(before, Ids(await restarted.GraphAsync(graph => graph.GetProperty("nodes").EnumerateArray().All(node => !node.GetProperty("stale").GetBoolean()))));
    }

    [Fact]
    public async Task An_agent_that_does_not_come_back_is_forgotten_with_what_it_told()
    {
        static void Hasty(OperatorOptions options) =>
            (options.IdleAfter, options.GoneAfter, options.RetainGone) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1));
        await using (var test = await _memory.StartAsync())
        {
            await using var agent = await test.ConnectAsync();
            await agent.ReportAsync(TestAgent.Shop());
            await test.GraphAsync(graph => graph.Edges().SequenceEqual(Shop));
        }

        await using (var test = await _memory.StartAsync(Hasty))
        {
            await test.GraphAsync(graph => graph.GetProperty("stats").GetProperty("agents").GetArrayLength() == 0);
            await test.GraphAsync(graph => graph.Names().Count == 0);
        }

        await using var later = await _memory.StartAsync(Hasty);
        await later.MetricAsync("tendril_memory_saves_total", saves => saves > 0);
        Assert.Empty((await later.JsonAsync("/api/dependency-graph")).Names());
    }

    [Fact]
    public async Task How_it_fares_is_in_the_metrics()
    {
        await using var test = await _memory.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        await test.MetricAsync("tendril_memory_saved_rows_total", rows => rows >= 10);
        Assert.True(await test.MetricAsync("tendril_memory_bytes", _ => true) > 4096);
        Assert.Equal(0, await test.MetricAsync("tendril_memory_failed_saves_total", _ => true));
        Assert.InRange(await test.MetricAsync("tendril_memory_saved_timestamp_seconds", _ => true), TestAgent.Now / 1e6 - 60, TestAgent.Now / 1e6);
        Assert.True(OperatingSystem.IsLinux() && File.GetUnixFileMode(_memory.File) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await using var without = await TestOperator.StartAsync();
        Assert.DoesNotContain("tendril_memory", await without.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    public void Dispose() => _memory.Dispose();

    private static Dictionary<string, JsonElement> ById(JsonElement graph, string list) =>
        graph.GetProperty(list).EnumerateArray().ToDictionary(item => item.GetProperty("id").GetString()!);

    private static List<string?> Ids(JsonElement graph) => [.. graph.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("id").GetString()).Order()];
}
