using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Sockets;

/// <summary>However a server is dialled, it is one node.</summary>
public sealed class AddressScenarios : Scenario
{
    [Fact]
    public async Task IPv4()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task IPv6()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "[::1]:7000", within);
        await DialAsync("client", "[::1]:7000 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Dual_stack_server_with_a_client_of_each_family()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "[::]:7000", within);
        await DialAsync("old", "127.0.0.1:7000 --times 2", within);
        await DialAsync("new", "[::1]:7000 --times 3", within);
        await IsAsync("""
            old -> server:7000 tcp/7000 opened=2 failed=0 closed=2
            new -> server:7000 tcp/7000 opened=3 failed=0 closed=3
            """);
    }

    [Fact]
    public async Task Mapped_address_to_an_IPv4_server()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "[::ffff:127.0.0.1]:7000 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }

    [Fact]
    public async Task Server_with_a_socket_for_each_family_on_one_port()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "0.0.0.0:7000 [::1]:7000", within);
        await DialAsync("client", "127.0.0.1:7000 [::1]:7000", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=2 failed=0 closed=2");
    }
}
