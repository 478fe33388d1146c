using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Limits;

/// <summary>
/// One program dials tens of thousands of addresses, each once: what it called before the limit and what others call stays exact, the rest is one
/// node of its own with every attempt on it, and neither agent nor operator grows with the flood.
/// </summary>
public sealed class FloodTests : KernelTest
{
    private const int Calls = 500;

    /// <summary>Of the operator, for one service.</summary>
    private const int Shown = 1_000;

    /// <summary>Generous: a runtime's heap is not a map. A table that grows with the flood would be over it after the first half.</summary>
    private const long GrowthMiB = 48;

    [Fact]
    public async Task A_scan_of_60000_ports_is_one_node_with_every_attempt()
    {
        var inside = await AddNamespaceAsync();
        await FloodAsync("scan 127.0.0.1 1 20000", "scanned 20000 refused 20000", "20001 60000", "scanned 40000 refused 40000", 60_000, inside);
    }

    [Fact]
    public async Task A_storm_to_60000_random_addresses_is_one_node_with_every_attempt()
    {
        var inside = await AddNamespaceAsync();
        // There is a way to all of them, and nobody answers.
        Requirements.Program("nft", "nftables");
        await inside.RunAsync("ip", "route", "add", "local", "10.66.0.0/16", "dev", "lo");
        await inside.RunAsync("nft", "add table inet test; add chain inet test input { type filter hook input priority 0; }; add rule inet test input ip daddr 10.66.0.0/16 drop");
        await FloodAsync("storm 10.66.0.0/16 20000", "given up 20000", "40000", "given up 40000", 60_000, inside);
    }

    private async Task FloodAsync(string first, string firstDone, string more, string moreDone, int attempts, NetworkNamespace inside)
    {
        // Above all that is scanned: else a connect may be given the port it dials for its own, and reach itself.
        await inside.RunAsync("sh", "-c", "echo 61100 65000 >/proc/sys/net/ipv4/ip_local_port_range");
        var (@operator, agent) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:61001", inside);
        Assert.Equal($"connected {Calls} failed 0", await ConnectAsync("before", $"127.0.0.1:{server.Port} --times {Calls}", inside));

        var flood = StartFlood("flood", first, inside);
        await flood.LineAsync(firstDone);
        await @operator.ShowsAsync(graph => Of(graph, "flood", "connectionsFailed") == 20_000, "20,000 failed connects of flood");
        var (agentBefore, operatorBefore) = (agent.Process.ResidentMiB, @operator.Process.ResidentMiB);

        flood.WriteLine(more);
        await flood.LineAsync(moreDone);
        // It is beyond its limit now, and still reaches what is known: as a client of the server it would have been folded, too.
        flood.WriteLine($"127.0.0.1:{server.Port}");
        await flood.LineAsync("reached");
        Assert.Equal($"connected {Calls} failed 0", await ConnectAsync("after", $"127.0.0.1:{server.Port} --times {Calls}", inside));

        await @operator.ShowsAsync(
            graph => Of(graph, "flood", "connectionsFailed") == attempts && Of(graph, "flood", "connectionsOpened") == 1
                && Of(graph, "before", "connectionsOpened") == Calls && Of(graph, "after", "connectionsOpened") == Calls
                && graph.Sum("connectionsFailed") == attempts && graph.Sum("connectionsOpened") == (2 * Calls) + 1 && graph.Sum("connectionsActive") == 0,
            $"every one of {attempts} attempts");
        var shown = await @operator.GraphAsync();
        Assert.Empty(shown.Agent["counterOverflows"]!.AsObject());
        Assert.InRange(shown.Edges.Count, Shown, Shown + 10);
        Assert.InRange(FailedAtOthers(shown), attempts - 2 * Shown, attempts - Shown);
        Assert.InRange(agent.Process.ResidentMiB - agentBefore, -1_000, GrowthMiB);
        Assert.InRange(@operator.Process.ResidentMiB - operatorBefore, -1_000, GrowthMiB);
    }

    private RunningProcess StartFlood(string name, string arguments, NetworkNamespace inside)
    {
        var program = Path.Combine(Folder, name);
        File.CreateSymbolicLink(program, Repository.File("tests/Tendril.EndToEnd.Tests/Programs/flood.py"));
        return StartInside(["/usr/bin/python3", program, .. arguments.Split(' ')], inside);
    }

    private static long Of(TestGraph graph, string client, string counter)
    {
        var ids = graph.Nodes.Where(node => (string)node["name"]! == client).Select(node => (string)node["id"]!).ToHashSet();
        return graph.Edges.Where(edge => ids.Contains((string)edge["source"]!)).Sum(edge => edge[counter]!.GetValue<long>());
    }

    private static long FailedAtOthers(TestGraph graph)
    {
        var other = graph.Node("other addresses");
        Assert.Equal("other", (string)other["kind"]!);
        return graph.Edges.Single(edge => (string)edge["target"]! == (string)other["id"]!)["connectionsFailed"]!.GetValue<long>();
    }
}
