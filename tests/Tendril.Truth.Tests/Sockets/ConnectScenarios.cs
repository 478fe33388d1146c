using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Sockets;

/// <summary>The ways to open a connection.</summary>
public sealed class ConnectScenarios : Scenario
{
    private const string ThreeConnections = "client -> server:7000 tcp/7000 opened=3 failed=0 closed=3";

    [Fact]
    public async Task Non_blocking_connect()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --nonblocking --times 3", within);
        await IsAsync(ThreeConnections);
    }

    [Fact]
    public async Task Non_blocking_connect_that_is_refused()
    {
        var within = await BeginAsync();
        await DialAsync("client", "127.0.0.1:7000 --nonblocking --times 3", within);
        await IsAsync("client -> 127.0.0.1:7000 tcp/7000 opened=0 failed=3 closed=0 refused=3");
    }

    // The first connection asks for a cookie, the others have it and carry data in their SYN.
    [Theory]
    [InlineData("send")]
    [InlineData("connect")]
    public async Task TCP_Fast_Open(string how)
    {
        var within = await BeginAsync();
        await within.RunAsync("sysctl", "--quiet", "net.ipv4.tcp_fastopen=3");
        await ServeAsync("server", "127.0.0.1:7000 --fast-open", within);
        await DialAsync("client", $"127.0.0.1:7000 --fast-open {how} --times 3", within);
        await IsAsync(ThreeConnections);
    }

    [Fact]
    public async Task TCP_Fast_Open_to_a_server_without_it()
    {
        var within = await BeginAsync();
        await within.RunAsync("sysctl", "--quiet", "net.ipv4.tcp_fastopen=3");
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --fast-open send --times 3", within);
        await IsAsync(ThreeConnections);
    }

    [Fact]
    public async Task Multipath_TCP()
    {
        Assert.SkipUnless(File.Exists("/proc/sys/net/mptcp/enabled"), "this kernel has no Multipath TCP");
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000 --mptcp", within);
        await DialAsync("client", "127.0.0.1:7000 --mptcp --times 3", within);
        await IsAsync(ThreeConnections);
    }

    [Fact]
    public async Task Multipath_TCP_to_a_server_without_it()
    {
        Assert.SkipUnless(File.Exists("/proc/sys/net/mptcp/enabled"), "this kernel has no Multipath TCP");
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --mptcp --times 3", within);
        await IsAsync(ThreeConnections);
    }

    [Fact]
    public async Task Server_that_is_its_own_client()
    {
        var within = await BeginAsync();
        var server = await ServeAsync("server", "127.0.0.1:7000 --self 3", within);
        await server.LineAsync("called itself");
        await IsAsync("server:7000 -> server:7000 tcp/7000 opened=3 failed=0 closed=3");
    }
}
