using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.OldConnections;

/// <summary>Connections that are older than the agent: which way they go, and what they do from then on.</summary>
public sealed class PoolScenarios : Scenario
{
    [Fact]
    public async Task Idle_pool()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --hold --times 5", within);
        await WatchAsync();
        await IsAsync("client -> server:7000 tcp/7000 opened=5 failed=0 closed=0 active=5 bytesSent=0 bytesReceived=0");
    }

    [Fact]
    public async Task Pool_that_never_said_a_word()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "[::]:7000", within);
        await DialAsync("client", "127.0.0.1:7000 [::1]:7000 --hold --silent --times 2", within);
        await WatchAsync();
        await IsAsync("client -> server:7000 tcp/7000 opened=4 failed=0 closed=0 active=4");
    }

    [Fact]
    public async Task Busy_pool()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --hold --every 0.05 --times 5", within);
        await WatchAsync();
        await SeenAsync("client -> server:7000 tcp/7000");
        await IsAsync("client -> server:7000 tcp/7000 opened=5 failed=0 closed=0 active=5 bytesSent=1000+ bytesReceived=1000+");
    }

    [Fact]
    public async Task Pool_that_closes_later()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        var client = await DialAsync("client", "127.0.0.1:7000 --hold --times 5", within);
        await WatchAsync();
        await SeenAsync("client -> server:7000 tcp/7000");
        client.WriteLine();
        await client.LineAsync("closed");
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=8 failed=0 closed=8");
    }

    // Whoever guesses from the ports has it the wrong way round here.
    [Fact]
    public async Task Client_on_a_lower_port_than_its_server()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:30000", within);
        await DialAsync("client", "127.0.0.1:30000 --hold --bind 90", within);
        await WatchAsync();
        await IsAsync("client -> server:30000 tcp/30000 opened=1 failed=0 closed=0 active=1");
    }

    [Fact]
    public async Task Client_that_is_a_server_too()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("back", "127.0.0.1:7001", within);
        await ServeAsync("front", "127.0.0.1:7000 --hold 127.0.0.1:7001", within);
        await DialAsync("client", "127.0.0.1:7000 --hold --times 3", within);
        await WatchAsync();
        await IsAsync("""
            client -> front:7000 tcp/7000 opened=3 failed=0 closed=0 active=3
            front:7000 -> back:7001 tcp/7001 opened=1 failed=0 closed=0 active=1
            """);
    }

    [Fact]
    public async Task Prefork_server_with_old_connections()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:7000 --workers 3", within);
        await DialAsync("client", "127.0.0.1:7000 --hold --times 6", within);
        await WatchAsync();
        await IsAsync("client -> server:7000 tcp/7000 opened=6 failed=0 closed=0 active=6");
    }

    [Fact]
    public async Task Old_and_new_connections_of_one_client()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        var client = StartClient("client", [.. Python("client", "dial.py"), "127.0.0.1:7000", "--times", "2", "--rounds", "2", "--hold"], within);
        await client.LineAsync("round 1");
        await WatchAsync();
        client.WriteLine();
        await client.LineAsync("holding ");
        await IsAsync("client -> server:7000 tcp/7000 opened=4 failed=0 closed=0 active=4");
    }
}
