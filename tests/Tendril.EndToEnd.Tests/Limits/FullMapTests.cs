using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Limits;

/// <summary>Maps that are far too small: every connect succeeds all the same, and what was not counted is.</summary>
public sealed class FullMapTests : KernelTest
{
    private const int Smallest = 64;
    private const int Servers = 100;

    [Fact]
    public async Task A_full_dependency_map_counts_a_clients_new_connections_as_others_and_says_what_it_could_not_count()
    {
        var (@operator, _) = await StartBothAsync("--max-dependencies", $"{Smallest}");

        await HoldOneToEachOfManyServersAsync();

        // The clients' ends are all counted, those beyond the limit on one edge. A server has one end for each of its ports, and not all find room; the agent looks for what it missed at its start once more.
        await @operator.ShowsAsync(
            graph => graph.Overflow("dependency_map") is > 0 and < 2 * Servers
                && graph.Edges.Where(edge => (string)edge["evidence"]! != "server").Sum(edge => edge["connectionsOpened"]!.GetValue<long>()) == Servers
                && graph.Nodes.Any(node => (string)node["name"]! == "other addresses"),
            $"{Servers} connections of the client, some of them to other addresses, and an overflow of dependency_map");
    }

    [Fact]
    public async Task A_full_flow_map_says_how_many_connections_it_does_not_follow()
    {
        const int Attempts = 400; // there is room for 64 and as many again
        var within = await AddNamespaceAsync();
        await within.DropAsync(7000);
        var (@operator, _) = await StartBothAsync("--max-flows", $"{Smallest}");

        var client = StartPeer("client", $"attempt 127.0.0.1:7000 --times {Attempts}", within);
        await client.LineAsync($"attempting {Attempts}");
        await @operator.ShowsAsync(graph => graph.Overflow("flow_map") is >= Attempts - 2 * Smallest and < Attempts, "the overflow of flow_map");
        client.WriteLine();
        await client.EndAsync();

        var followed = Attempts - (await @operator.GraphAsync()).Overflow("flow_map");
        await @operator.ShowsAsync($"""
            client []
            127.0.0.1:7000 [tcp/127.0.0.1:7000]
            client -> 127.0.0.1:7000 tcp/7000 opened=0 failed={followed} closed=0 active=0 sent=0 received=0 evidence=client
            """);
    }

    [Fact]
    public async Task A_full_listener_map_says_how_many_listeners_it_does_not_hold()
    {
        var (@operator, _) = await StartBothAsync("--max-listeners", $"{Smallest}");

        await HoldOneToEachOfManyServersAsync();

        await @operator.ShowsAsync(
            graph => graph.Overflow("service_map") == Servers - Smallest && graph.Sum("connectionsOpened") == Servers && graph.Edges.Count == Servers,
            $"{Servers} connections on edges, {Servers - Smallest} listeners in the overflow of service_map");
    }

    [Fact]
    public async Task With_every_map_full_all_connects_succeed()
    {
        var (@operator, _) = await StartBothAsync(
            "--max-dependencies", $"{Smallest}", "--max-flows", $"{Smallest}", "--max-listeners", $"{Smallest}", "--max-connecting", $"{Smallest}",
            "--ring-bytes", $"{Environment.SystemPageSize}");

        await HoldOneToEachOfManyServersAsync();
        var server = await ListenAsync("last", "127.0.0.1:0");
        Assert.Equal("connected 500 failed 0", await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 500"));

        await @operator.ShowsAsync(
            graph => graph.Overflow("dependency_map") > 0 && graph.Overflow("service_map") > 0 && graph.Sum("connectionsFailed") == 0,
            "overflows of the maps and no failed connection");
    }

    private async Task HoldOneToEachOfManyServersAsync()
    {
        var server = await ListenAsync("server", string.Join(' ', Enumerable.Repeat("127.0.0.1:0", Servers)));
        var client = await HoldAsync("client", string.Join(' ', server.Ports.Select(port => $"127.0.0.1:{port}")));
        await client.Process.LineAsync($"holding {Servers}");
    }
}
