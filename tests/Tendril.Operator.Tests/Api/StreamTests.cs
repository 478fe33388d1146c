using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tendril.Operator.Tests.Api;

public class StreamTests
{
    [Fact]
    public async Task A_snapshot_and_the_changes_since_equal_the_later_snapshot()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop(1));
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        await using var stream = await EventFollower.OpenAsync(test, "/api/stream");
        var mine = new Copy();
        for (uint round = 2; round <= 4; round++)
        {
            var report = TestAgent.Shop(round);
            report.Processes.Add(TestAgent.Process(10 + round, $"/usr/bin/tool{round}", "x"));
            report.Dependencies.Add(TestAgent.Calls(10 + round, 8000, round));
            await agent.ReportAsync(report);
            var later = await test.GraphAsync(g => g.Names().Contains($"tool{round}"));
            await mine.CatchUpAsync(stream, later.GetProperty("version").GetInt64());
        }

        var end = await test.JsonAsync("/api/dependency-graph");
        await mine.CatchUpAsync(stream, end.GetProperty("version").GetInt64());
        mine.AssertSame(end);
        Assert.Equal(1, mine.Snapshots);
    }

    [Fact]
    public async Task Who_comes_back_with_an_id_gets_only_the_changes_and_with_a_foreign_one_a_snapshot()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop(1));
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        string id;
        await using (var first = await EventFollower.OpenAsync(test, "/api/stream"))
        {
            id = (await first.NextAsync()).EventId!;
        }

        await agent.ReportAsync(TestAgent.Shop(5));
        await test.GraphAsync(g => g.GetProperty("totals").GetProperty("connectionsOpened").GetInt64() == 15);
        await using var resumed = await EventFollower.OpenAsync(test, "/api/stream", id);
        Assert.Equal("changes", (await resumed.NextAsync()).EventType);
        await using var foreign = await EventFollower.OpenAsync(test, "/api/stream", "abc-1");
        Assert.Equal("snapshot", (await foreign.NextAsync()).EventType);
    }

    [Fact]
    public async Task An_agent_that_goes_is_told_although_the_graph_did_not_change()
    {
        await using var test = await TestOperator.StartAsync();
        await using var stream = await EventFollower.OpenAsync(test, "/api/stream");
        await stream.NextAsync();
        await using (await test.ConnectAsync())
        {
            Assert.Single(JsonDocument.Parse((await stream.NextAsync()).Data).RootElement.GetProperty("stats").GetProperty("agents").EnumerateArray());
        }

        var gone = JsonDocument.Parse((await stream.NextAsync()).Data).RootElement;
        Assert.False(gone.GetProperty("stats").GetProperty("agents")[0].GetProperty("connected").GetBoolean());
    }

    [Fact]
    public async Task While_nothing_changes_the_heart_beats()
    {
        await using var test = await TestOperator.StartAsync();
        await using var stream = await EventFollower.OpenAsync(test, "/api/stream");
        await stream.NextAsync();
        var beat = await stream.NextAsync();
        Assert.Equal("heartbeat", beat.EventType);
        Assert.Equal(["time", "version"], JsonDocument.Parse(beat.Data).RootElement.EnumerateObject().Select(property => property.Name));
    }

    /// <summary>Keeps a graph as a browser does.</summary>
    private sealed class Copy
    {
        private readonly Dictionary<string, JsonNode> _nodes = [];
        private readonly Dictionary<string, JsonNode> _edges = [];
        private long _version = -1;

        public int Snapshots { get; private set; }

        public async Task CatchUpAsync(EventFollower stream, long version)
        {
            while (_version < version)
            {
                var item = await stream.NextAsync();
                Apply(item.EventType, JsonNode.Parse(item.Data)!);
            }
        }

        public void AssertSame(JsonElement graph)
        {
            Assert.Equal(graph.GetProperty("version").GetInt64(), _version);
            Assert.Equal(ById(graph, "nodes"), _nodes.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value.ToJsonString()));
            Assert.Equal(ById(graph, "edges"), _edges.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value.ToJsonString()));
        }

        private void Apply(string type, JsonNode data)
        {
            if (type == "heartbeat")
            {
                return;
            }

            if (type == "snapshot")
            {
                Snapshots++;
                _nodes.Clear();
                _edges.Clear();
            }
            else
            {
                Assert.Equal(_version, (long)data["fromVersion"]!);
                Remove(_nodes, data["removedNodes"]!);
                Remove(_edges, data["removedEdges"]!);
            }

            Put(_nodes, data["nodes"]!);
            Put(_edges, data["edges"]!);
            _version = (long)data["version"]!;
        }

        private static IEnumerable<string> ById(JsonElement graph, string list) =>
            graph.GetProperty(list).EnumerateArray().OrderBy(item => item.GetProperty("id").GetString(), StringComparer.Ordinal)
                .Select(item => JsonNode.Parse(item.GetRawText())!.ToJsonString());

        private static void Put(Dictionary<string, JsonNode> all, JsonNode items)
        {
            foreach (var item in items.AsArray())
            {
                all[(string)item!["id"]!] = item;
            }
        }

        private static void Remove(Dictionary<string, JsonNode> all, JsonNode ids)
        {
            foreach (var id in ids.AsArray())
            {
                all.Remove((string)id!);
            }
        }
    }
}
