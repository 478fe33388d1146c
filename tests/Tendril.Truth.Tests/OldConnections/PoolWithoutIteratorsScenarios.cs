using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.OldConnections;

/// <summary>The same pools as a kernel without iterators shows them, where the agent finds them in /proc. Bytes of open connections are not counted there.</summary>
public sealed class PoolWithoutIteratorsScenarios : Scenario
{
    [Fact]
    public async Task Idle_pool_by_proc()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --hold --times 5", within);
        await WatchByProcAsync();
        await IsAsync("client -> server:7000 tcp/7000 opened=5 failed=0 closed=0 active=5");
    }

    [Fact]
    public async Task Busy_pool_by_proc()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --hold --every 0.05 --times 5", within);
        await WatchByProcAsync();
        await IsAsync("client -> server:7000 tcp/7000 opened=5 failed=0 closed=0 active=5");
    }

    [Fact]
    public async Task Pool_that_closes_later_by_proc()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        var client = await DialAsync("client", "127.0.0.1:7000 --hold --times 5", within);
        await WatchByProcAsync();
        await SeenAsync("client -> server:7000 tcp/7000");
        client.WriteLine();
        await client.LineAsync("closed");
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=8 failed=0 closed=8");
    }

    [Fact]
    public async Task Client_on_a_lower_port_than_its_server_by_proc()
    {
        var within = await AddNamespaceAsync();
        await ServeAsync("server", "127.0.0.1:30000", within);
        await DialAsync("client", "127.0.0.1:30000 --hold --bind 90", within);
        await WatchByProcAsync();
        await IsAsync("client -> server:30000 tcp/30000 opened=1 failed=0 closed=0 active=1");
    }

    private async Task WatchByProcAsync() => await WatchAsync("--find-sockets", "proc");
}
