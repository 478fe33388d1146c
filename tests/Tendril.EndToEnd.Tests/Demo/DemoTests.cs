using System.Globalization;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Demo;

/// <summary>The demo's graph is the known one: demo/graph.txt.</summary>
public sealed class DemoTests : KernelTest
{
    // In a namespace of its own the demo's ports are free, whatever else runs on this machine.
    [Fact]
    public async Task The_demo_gives_its_known_graph_node_for_node_and_edge_for_edge()
    {
        var within = await AddNamespaceAsync();
        var @operator = await StartOperatorAsync("--rules", Repository.File("demo/rules.yaml"));
        await StartAgentAsync(@operator, "--arguments", "words");
        var shop = await Shop.StartAsync(this, within);

        var traffic = shop.Run("traffic", "--requests", "60", "--rate", "20");
        await traffic.LineAsync("60 requests, 0 failed");

        await @operator.ShowsAsync(KnownGraph(), GraphDetail.None);
        var graph = await @operator.GraphAsync();
        Assert.All(graph.Edges, edge =>
        {
            Assert.Equal("both", (string)edge["evidence"]!);
            Assert.Equal(0, edge["connectionsFailed"]!.GetValue<long>());
            Assert.True(edge["connectionsOpened"]!.GetValue<long>() > 0);
        });
        Assert.Equal("edge", (string)graph.Node("gateway")["tier"]!);
        Assert.Equal("data", (string)graph.Node("postgresql")["tier"]!);
        Assert.Equal("data", (string)graph.Node("redis")["tier"]!);
        Assert.Equal(0, graph.Stats["counterOverflows"]!.GetValue<long>());
    }

    // "gateway user 8001" is an edge between two nodes, and the second listens there.
    private static string KnownGraph()
    {
        var edges = File.ReadLines(Repository.File("demo/graph.txt")).Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split(' ')).ToList();
        var ports = edges.ToLookup(edge => edge[1], edge => int.Parse(edge[2], CultureInfo.InvariantCulture));
        var nodes = edges.SelectMany(edge => edge[..2]).Distinct()
            .Select(name => $"{name} [{string.Join(' ', ports[name].Distinct().Order().Select(port => $"tcp/127.0.0.1:{port}"))}]");
        return string.Join('\n', nodes.Concat(edges.Select(edge => $"{edge[0]} -> {edge[1]} tcp/{edge[2]}")));
    }
}
