using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Naming;

/// <summary>Many processes that are one service are one node.</summary>
public sealed class ProcessTests : KernelTest
{
    [Fact]
    public async Task Five_hundred_short_lived_processes_of_one_program_are_one_node()
    {
        const int Times = 500;
        Requirements.Program("curl", "curl");
        var (@operator, _) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:0");
        var port = server.Port;

        var loop = StartInside(
            ["sh", "-c", $"for i in $(seq {Times}); do curl --noproxy '*' --silent --show-error --fail --output /dev/null http://127.0.0.1:{port}/ || exit 1; done; echo done"]);
        await loop.LineAsync("done");

        await @operator.ShowsAsync(
            $"""
            curl []
            server [tcp/127.0.0.1:{port}]
            curl -> server tcp/{port} opened={Times} failed=0 closed={Times} active=0 evidence=both
            """,
            GraphDetail.Connections | GraphDetail.Evidence);
    }

    [Fact]
    public async Task A_server_that_forks_after_listen_is_one_node()
    {
        var (@operator, _) = await StartBothAsync();
        var backend = await ListenAsync("backend", "127.0.0.1:0");
        var server = await ListenAsync("prefork", $"127.0.0.1:0 --workers 4 --backend 127.0.0.1:{backend.Port}");

        Assert.Equal("connected 40 failed 0", await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 40"));

        await @operator.ShowsAsync($"""
            client []
            prefork [tcp/127.0.0.1:{server.Port}]
            backend [tcp/127.0.0.1:{backend.Port}]
            client -> prefork tcp/{server.Port} opened=40 failed=0 closed=40 active=0 sent=2560 received=2560 evidence=both
            prefork -> backend tcp/{backend.Port} opened=40 failed=0 closed=40 active=0 sent=2560 received=2560 evidence=both
            """);
    }

    [Fact]
    public async Task A_process_that_was_gone_before_anybody_looked_is_named_by_the_kernels_word_for_it()
    {
        var (@operator, agent) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:0");
        await ConnectAsync("early", $"127.0.0.1:{server.Port} --times 1");
        await @operator.ShowsAsync(graph => graph.Sum("connectionsClosed") == 1, "the server and its first client");

        // Whatever it would do at once, it cannot.
        agent.Process.Signal(Signals.Stop);
        var client = StartPeer("client", $"connect 127.0.0.1:{server.Port} --times 3 --leave");
        await client.EndAsync();
        agent.Process.Signal(Signals.Continue);

        await @operator.ShowsAsync($"""
            early []
            python3 []
            server [tcp/127.0.0.1:{server.Port}]
            early -> server tcp/{server.Port} opened=1 failed=0 closed=1 active=0 sent=64 received=64 evidence=both
            python3 -> server tcp/{server.Port} opened=3 failed=0 closed=3 active=0 sent=192 received=192 evidence=both
            """);
    }
}
