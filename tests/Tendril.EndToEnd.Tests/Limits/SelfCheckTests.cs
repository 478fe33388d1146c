using System.Text.Json.Nodes;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Limits;

/// <summary>The agent compares the kernel's own table of sockets with what it follows, and says how much of it is explained.</summary>
public sealed class SelfCheckTests : KernelTest
{
    [Fact]
    public async Task All_open_connections_are_explained_older_ones_included()
    {
        var server = await ListenAsync("server", "127.0.0.1:0");
        await HoldAsync("client", $"127.0.0.1:{server.Port} --times 30");
        var (@operator, _) = await StartBothAsync();

        // Both ends of each.
        await @operator.ShowsAsync(graph => Check(graph) is (60, 60), "60 of 60 connections explained");
    }

    [Fact]
    public async Task Connections_that_found_no_place_are_not_explained()
    {
        var server = await ListenAsync("server", "127.0.0.1:0");
        await HoldAsync("client", $"127.0.0.1:{server.Port} --times 200");
        var (@operator, _) = await StartBothAsync("--max-flows", "64");

        await @operator.ShowsAsync(graph => Check(graph) is { Sockets: 400, Explained: > 0 and < 400 }, "fewer than 400 of 400 connections explained");
    }

    private static (long Sockets, long Explained) Check(TestGraph graph) =>
        graph.Agent["selfCheck"] is JsonObject check ? (check["sockets"]!.GetValue<long>(), check["explained"]!.GetValue<long>()) : default;
}
