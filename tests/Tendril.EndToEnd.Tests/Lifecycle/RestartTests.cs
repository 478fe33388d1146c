using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Lifecycle;

/// <summary>Agent and operator come and go, the graph stays right.</summary>
public sealed class RestartTests : KernelTest
{
    [Theory]
    [InlineData("iterators")]
    [InlineData("proc")]
    public async Task Connections_older_than_the_agent_are_known_and_counted_closed_once(string way)
    {
        var server = await ListenAsync("server", "127.0.0.1:0");
        var client = await HoldAsync("client", $"127.0.0.1:{server.Port} --times 3");
        var (@operator, _) = await StartBothAsync("--find-sockets", way);

        // What they carried before the agent was there is not counted.
        await @operator.ShowsAsync(Expected(server.Port, opened: 3, closed: 0, bytes: 0));

        await client.ReleaseAsync();
        await @operator.ShowsAsync(Expected(server.Port, opened: 3, closed: 3, bytes: 0));

        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 2");
        await @operator.ShowsAsync(Expected(server.Port, opened: 5, closed: 5, bytes: 128));
    }

    [Fact]
    public async Task An_agents_restart_keeps_totals_and_counts_nothing_twice()
    {
        var (@operator, agent) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:0");
        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 5");
        var client = await HoldAsync("client", $"127.0.0.1:{server.Port} --times 2");
        await @operator.ShowsAsync(Expected(server.Port, opened: 7, closed: 5, bytes: 7 * 64));

        await agent.DisposeAsync();
        await StartAgentAsync(@operator);
        await @operator.ShowsAsync(Expected(server.Port, opened: 7, closed: 5, bytes: 7 * 64));

        await client.ReleaseAsync();
        await @operator.ShowsAsync(Expected(server.Port, opened: 7, closed: 7, bytes: 7 * 64));
    }

    [Fact]
    public async Task A_restarted_operator_shows_the_same_graph_again()
    {
        var (@operator, _) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:0");
        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 5");
        await HoldAsync("client", $"127.0.0.1:{server.Port} --times 2");
        await @operator.ShowsAsync(Expected(server.Port, opened: 7, closed: 5, bytes: 7 * 64));

        @operator.Process.Signal(Signals.Terminate);
        await @operator.Process.EndAsync();
        await @operator.RestartAsync();

        await @operator.ShowsAsync(Expected(server.Port, opened: 7, closed: 5, bytes: 7 * 64));
    }

    [Fact]
    public async Task An_agent_that_starts_before_its_operator_tells_it_everything_later()
    {
        var (@operator, agent) = await StartBothAsync();
        await agent.DisposeAsync();
        @operator.Process.Signal(Signals.Terminate);
        await @operator.Process.EndAsync();

        await StartAgentAsync(@operator);
        var server = await ListenAsync("server", "127.0.0.1:0");
        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 5");
        await @operator.RestartAsync();

        await @operator.ShowsAsync(Expected(server.Port, opened: 5, closed: 5, bytes: 5 * 64));
    }

    private static string Expected(int port, int opened, int closed, int bytes) => $"""
        client []
        server [tcp/127.0.0.1:{port}]
        client -> server tcp/{port} opened={opened} failed=0 closed={closed} active={opened - closed} sent={bytes} received={bytes} evidence=both
        """;
}
