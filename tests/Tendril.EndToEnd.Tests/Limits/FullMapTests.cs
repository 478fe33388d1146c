using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Limits;

/// <summary>Maps that are far too small: every connect succeeds all the same, and what was not counted is.</summary>
public sealed class FullMapTests : KernelTest
{
    private const int Smallest = 64;
    private const int Servers = 100;

    /// <summary>Each connection is counted at both of its ends.</summary>
    private const int Ends = 2 * Servers;

    [Fact]
    public async Task A_full_dependency_map_says_how_many_connections_it_could_not_count()
    {
        var (@operator, _) = await StartBothAsync("--max-dependencies", $"{Smallest}");
        await HoldOneToEachOfManyServersAsync();

        await Wait.UntilAsync(
            async () => Overflow(await @operator.GraphAsync(), "dependency_map") == Ends - Smallest, () => "the overflow of dependency_map");
        var graph = await @operator.GraphAsync();
        Assert.Equal(Smallest, graph.Edges.Sum(edge => (string)edge["evidence"]! == "both" ? 2 : 1));
    }

    [Fact]
    public async Task A_full_flow_map_says_how_many_connections_it_does_not_follow()
    {
        var (@operator, _) = await StartBothAsync("--max-flows", $"{Smallest}");
        await HoldOneToEachOfManyServersAsync();

        await Wait.UntilAsync(async () => Overflow(await @operator.GraphAsync(), "flow_map") == Ends - Smallest, () => "the overflow of flow_map");
        var graph = await @operator.GraphAsync();
        Assert.Equal(Servers, graph.Sum("connectionsOpened"));
        Assert.Equal(Servers, graph.Edges.Count);
    }

    [Fact]
    public async Task A_full_connecting_map_says_how_many_connects_it_does_not_follow()
    {
        var within = await AddNamespaceAsync();
        await within.DropAsync(7000);
        var (@operator, _) = await StartBothAsync("--max-connecting", $"{Smallest}");

        var client = StartPeer("client", $"attempt 127.0.0.1:7000 --times {Servers}", within);
        await client.LineAsync($"attempting {Servers}");
        await Wait.UntilAsync(
            async () => Overflow(await @operator.GraphAsync(), "cookie_map") == Servers - Smallest, () => "the overflow of cookie_map");
        client.WriteLine();
        await client.EndAsync();

        await @operator.ShowsAsync($"""
            client []
            127.0.0.1:7000 [tcp/127.0.0.1:7000]
            client -> 127.0.0.1:7000 tcp/7000 opened=0 failed={Smallest} closed=0 active=0 sent=0 received=0 evidence=client
            """);
    }

    [Fact]
    public async Task A_full_listener_map_says_how_many_listeners_it_does_not_hold()
    {
        var (@operator, _) = await StartBothAsync("--max-listeners", $"{Smallest}");
        await HoldOneToEachOfManyServersAsync();

        await Wait.UntilAsync(
            async () => Overflow(await @operator.GraphAsync(), "service_map") == Servers - Smallest, () => "the overflow of service_map");
        await Wait.UntilAsync(
            async () => (await @operator.GraphAsync()).Sum("connectionsOpened") == Servers, () => "all connections on edges");
    }

    private async Task HoldOneToEachOfManyServersAsync()
    {
        var server = await ListenAsync("server", string.Join(' ', Enumerable.Repeat("127.0.0.1:0", Servers)));
        var client = await HoldAsync("client", string.Join(' ', server.Ports.Select(port => $"127.0.0.1:{port}")));
        await client.Process.LineAsync($"holding {Servers}");
    }

    private static long Overflow(TestGraph graph, string map) => graph.HasConnectedAgent ? graph.Overflows.GetValueOrDefault(map) : 0;
}
