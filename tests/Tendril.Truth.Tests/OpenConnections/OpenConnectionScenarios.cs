using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.OpenConnections;

/// <summary>
/// What connections carry is counted while they are open, to the byte. Without the iterators (--find-sockets proc) there is but one way to that: each socket is
/// found by its addresses.
/// </summary>
public sealed class OpenConnectionScenarios : Scenario
{
    [Fact]
    public async Task Each_family()
    {
        var within = await BeginAsync("--find-sockets", "proc");
        await ServeAsync("server", "[::]:7000", within);
        await DialAsync("client", "127.0.0.1:7000 [::1]:7000 [::ffff:127.0.0.1]:7000 --hold", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=0 active=3 bytesSent=192 bytesReceived=192");
    }

    [Fact]
    public async Task Many_of_several_namespaces()
    {
        await WatchAsync("--find-sockets", "proc");
        foreach (var (name, times) in new[] { ("blue", 200), ("green", 100) })
        {
            var within = await AddNamespaceAsync();
            await ServeAsync(name, "127.0.0.1:7000", within);
            await DialAsync(name + "-client", $"127.0.0.1:7000 --hold --times {times}", within);
        }

        await IsAsync("""
            blue-client -> blue:7000 tcp/7000 opened=200 failed=0 closed=0 active=200 bytesSent=12800 bytesReceived=12800
            green-client -> green:7000 tcp/7000 opened=100 failed=0 closed=0 active=100 bytesSent=6400 bytesReceived=6400
            """);
    }

    [Fact]
    public async Task Client_without_an_agent()
    {
        var (inside, outside) = await BeginWithOutsideAsync("--find-sockets", "proc");
        await ServeAsync("server", "0.0.0.0:7000", inside);
        await DialAsync("10.9.0.2", "10.9.0.1:7000 --hold --times 3", outside);
        await IsAsync("10.9.0.2 -> server:7000 tcp/7000 opened=3 failed=0 closed=0 active=3 bytesSent=192 bytesReceived=192 evidence=server");
    }

    [Fact]
    public async Task Server_without_an_agent()
    {
        var (inside, outside) = await BeginWithOutsideAsync("--find-sockets", "proc");
        await ServeAsync("server", "0.0.0.0:7000", outside);
        await DialAsync("client", "10.9.0.2:7000 --hold --times 3", inside);
        await IsAsync("client -> 10.9.0.2:7000 tcp/7000 opened=3 failed=0 closed=0 active=3 bytesSent=192 bytesReceived=192 evidence=client");
    }

    // Not found by its addresses alone: the iterator has to.
    [Fact]
    public async Task Bound_to_an_interface()
    {
        var (inside, outside) = await BeginWithOutsideAsync();
        await ServeAsync("server", "0.0.0.0:7000", outside);
        await DialAsync("client", "10.9.0.2:7000 --hold --times 3 --interface eth0", inside);
        await IsAsync("client -> 10.9.0.2:7000 tcp/7000 opened=3 failed=0 closed=0 active=3 bytesSent=192 bytesReceived=192 evidence=client");
    }

    [Fact]
    public async Task Counted_while_open_and_once_more_when_they_close()
    {
        var within = await BeginAsync("--find-sockets", "proc");
        await ServeAsync("server", "127.0.0.1:7000", within);
        var client = await DialAsync("client", "127.0.0.1:7000 --hold --times 5", within);
        await SeenAsync("client -> server:7000 tcp/7000 opened=5 active=5 bytesSent=320 bytesReceived=320");
        client.WriteLine();
        await client.LineAsync("closed");
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=8 failed=0 closed=8 bytesSent=512 bytesReceived=512");
    }
}
