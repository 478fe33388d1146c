using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Counting;

/// <summary>N connections made are N connections counted, with all their bytes, whatever else is lost.</summary>
public sealed class CounterTests : KernelTest
{
    private const int Many = 20_000;
    private const int PayloadBytes = 64;

    [Fact]
    public async Task Every_one_of_20000_short_connections_is_counted_with_its_bytes()
    {
        var (@operator, _) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:0");

        Assert.Equal($"connected {Many} failed 0", await ConnectAsync("client", $"127.0.0.1:{server.Port} --times {Many}"));

        await @operator.ShowsAsync(Expected(server.Port));
    }

    [Fact]
    public async Task A_ring_of_one_page_loses_flow_events_and_says_how_many_and_no_connection()
    {
        var @operator = await StartOperatorAsync("--flow-events", "1000000");
        await StartAgentAsync(@operator, "--ring-bytes", $"{Environment.SystemPageSize}", "--events-per-second", "1000000");
        var server = await ListenAsync("server", "127.0.0.1:0");

        Assert.Equal($"connected {Many} failed 0", await ConnectAsync("client", $"127.0.0.1:{server.Port} --times {Many}"));

        await @operator.ShowsAsync(Expected(server.Port));
        var agent = (await @operator.GraphAsync()).Agent;
        var (lost, suppressed) = (agent["lostFlowEvents"]!.GetValue<long>(), agent["suppressedFlowEvents"]!.GetValue<long>());
        // Opened and closed, at both ends.
        Assert.InRange(lost, Many, 4 * Many);
        Assert.InRange(lost + suppressed, Many, 4 * Many);
        Assert.Empty(agent["counterOverflows"]!.AsObject());
    }

    [Fact]
    public async Task Flow_events_beyond_the_budget_are_left_out_and_counted()
    {
        var @operator = await StartOperatorAsync("--flow-events", "0");
        await StartAgentAsync(@operator, "--events-per-second", "0");
        var server = await ListenAsync("server", "127.0.0.1:0");

        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 100");

        await @operator.ShowsAsync(Expected(server.Port, 100));
        var agent = (await @operator.GraphAsync()).Agent;
        // The first opened one of each end is always told.
        Assert.Equal(4 * 100 - 2, agent["suppressedFlowEvents"]!.GetValue<long>());
        Assert.Equal(0, agent["lostFlowEvents"]!.GetValue<long>());
    }

    [Fact]
    public async Task Connections_made_while_the_operator_is_away_are_counted()
    {
        var (@operator, _) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:0");
        var client = StartPeer("client", $"connect 127.0.0.1:{server.Port} --times {Many}");

        await client.LineAsync("progress 4000");
        @operator.Process.Signal(Signals.Terminate);
        await @operator.Process.EndAsync();
        Assert.Equal(0, @operator.Process.ExitCode);
        await client.LineAsync("progress 12000");
        await @operator.RestartAsync();
        await client.LineAsync($"connected {Many} failed 0");

        await @operator.ShowsAsync(Expected(server.Port));
    }

    private static string Expected(int port, int count = Many) => $"""
        client []
        server [tcp/127.0.0.1:{port}]
        client -> server tcp/{port} opened={count} failed=0 closed={count} active=0 sent={count * PayloadBytes} received={count * PayloadBytes} evidence=both
        """;
}
