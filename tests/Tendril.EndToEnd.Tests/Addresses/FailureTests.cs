using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Addresses;

/// <summary>Connects that never were connections: an edge that says how many failed.</summary>
public sealed class FailureTests : KernelTest
{
    [Fact]
    public async Task A_refused_connect_is_a_failed_one()
    {
        var within = await AddNamespaceAsync();
        var (@operator, _) = await StartBothAsync();

        Assert.Equal("connected 0 failed 5", await ConnectAsync("client", "127.0.0.1:7000 --times 5", within));

        await @operator.ShowsAsync("""
            client []
            127.0.0.1:7000 [tcp/127.0.0.1:7000]
            client -> 127.0.0.1:7000 tcp/7000 opened=0 failed=5 closed=0 active=0 sent=0 received=0 evidence=client
            """);
    }

    [Fact]
    public async Task A_connect_without_an_answer_is_a_failed_one_when_the_client_gives_up()
    {
        var within = await AddNamespaceAsync();
        await within.DropAsync(7000);
        var (@operator, _) = await StartBothAsync();
        await ListenAsync("server", "127.0.0.1:7000", within);

        Assert.Equal("connected 0 failed 2", await ConnectAsync("client", "127.0.0.1:7000 --times 2 --timeout 0.3", within));

        await @operator.ShowsAsync("""
            client []
            server:7000 [tcp/127.0.0.1:7000]
            client -> server:7000 tcp/7000 opened=0 failed=2 closed=0 active=0 sent=0 received=0 evidence=client
            """);
    }

    [Fact]
    public async Task A_connect_without_a_route_is_a_failed_one()
    {
        var within = await AddNamespaceAsync();
        var (@operator, _) = await StartBothAsync();

        Assert.Equal("connected 0 failed 3", await ConnectAsync("client", "192.0.2.1:7000 --times 3", within));

        await @operator.ShowsAsync("""
            client []
            192.0.2.1:7000 [tcp/192.0.2.1:7000]
            client -> 192.0.2.1:7000 tcp/7000 opened=0 failed=3 closed=0 active=0 sent=0 received=0 evidence=client
            """);
    }

    [Fact]
    public async Task Refused_at_first_and_then_accepted_is_one_edge()
    {
        var within = await AddNamespaceAsync();
        var (@operator, _) = await StartBothAsync();

        Assert.Equal("connected 0 failed 2", await ConnectAsync("client", "127.0.0.1:7000 --times 2", within));
        await ListenAsync("server", "127.0.0.1:7000", within);
        Assert.Equal("connected 3 failed 0", await ConnectAsync("client", "127.0.0.1:7000 --times 3", within));

        await @operator.ShowsAsync("""
            client []
            server:7000 [tcp/127.0.0.1:7000]
            client -> server:7000 tcp/7000 opened=3 failed=2 closed=3 active=0 sent=192 received=192 evidence=both
            """);
    }
}
