using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Counting;

/// <summary>Frames on the wire, which are counted only where asked for.</summary>
public sealed class WireTests : KernelTest
{
    [Fact]
    public async Task Frames_on_an_interface_are_counted_when_asked_for()
    {
        const int Connections = 100;
        const int LeastFrames = 8; // SYN, SYN-ACK, ACK, data, data and at least three that end it; all pass loopback once
        var (@operator, agent) = await StartBothAsync("--xdp", "lo");
        var server = await ListenAsync("server", "127.0.0.1:0");

        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times {Connections}");

        await Wait.UntilAsync(
            async () => await @operator.GraphAsync() is { HasConnectedAgent: true } graph
                && graph.Agent["wire"]!.AsArray() is [{ } wire] && (string)wire["interface"]! == "lo"
                && wire["packets"]!.GetValue<long>() >= Connections * LeastFrames && wire["bytes"]!.GetValue<long>() >= Connections * LeastFrames * 54,
            () => "the frames of 100 connections on lo");
        agent.Process.Signal(Signals.Kill);
        await agent.Process.EndAsync();
        await Wait.UntilAsync(
            async () => !(await RunningProcess.RunAsync("ip", "link", "show", "lo")).Contains("xdp", StringComparison.Ordinal),
            () => "the kernel to take the XDP program of a killed agent off lo");
    }

    [Fact]
    public async Task An_interface_that_cannot_be_watched_costs_a_warning_and_no_more()
    {
        var (@operator, agent) = await StartBothAsync("--xdp", "nosuch0");
        await agent.Process.LineAsync("cannot count frames on nosuch0", anywhere: true);
        var server = await ListenAsync("server", "127.0.0.1:0");

        await ConnectAsync("client", $"127.0.0.1:{server.Port}");

        await @operator.ShowsAsync($"""
            client []
            server [tcp/127.0.0.1:{server.Port}]
            client -> server tcp/{server.Port} opened=1 failed=0 closed=1 active=0 sent=64 received=64 evidence=both
            """);
        var capability = (await @operator.GraphAsync()).Agent["capabilities"]!.AsArray().Single(each => (string)each!["name"]! == "xdp:nosuch0")!;
        Assert.False(capability["available"]!.GetValue<bool>());
    }
}
