using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Sockets;

/// <summary>Connects that never became connections, and connections that ended badly.</summary>
public sealed class FailureScenarios : Scenario
{
    [Fact]
    public async Task Refused()
    {
        var within = await BeginAsync();
        await DialAsync("client", "127.0.0.1:7000 --times 5", within);
        await IsAsync("client -> 127.0.0.1:7000 tcp/7000 opened=0 failed=5 closed=0 refused=5 lastFailure.reason=refused");
    }

    [Fact]
    public async Task Refused_by_a_server_that_is_gone()
    {
        var within = await BeginAsync();
        var server = await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --times 2", within);
        await SeenAsync("client -> server:7000 tcp/7000 opened=2 closed=2");
        await server.DisposeAsync();
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=2 failed=3 closed=2 refused=3");
    }

    [Fact]
    public async Task Timed_out_by_the_kernel()
    {
        var within = await BeginAsync();
        await within.RunAsync("sysctl", "--quiet", "net.ipv4.tcp_syn_retries=1");
        await within.DropAsync(7000);
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --timeout 30", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=0 failed=1 closed=0 timedOut=1");
    }

    [Fact]
    public async Task Client_gives_up()
    {
        var within = await BeginAsync();
        await within.DropAsync(7000);
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --times 2 --timeout 0.3", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=0 failed=2 closed=0 abandoned=2 lastFailure.reason=abandoned");
    }

    [Fact]
    public async Task No_route()
    {
        var within = await BeginAsync();
        await DialAsync("client", "192.0.2.1:7000 --times 3", within);
        await IsAsync("client -> 192.0.2.1:7000 tcp/7000 opened=0 failed=3 closed=0 unreachable=3 lastFailure.reason=unreachable");
    }

    [Fact]
    public async Task Host_unreachable_behind_a_router()
    {
        var within = await BeginAsync();
        var router = await AddNamespaceAsync();
        await within.RunAsync("ip", "link", "add", "out", "type", "veth", "peer", "name", "in", "netns", router.Name);
        await within.RunAsync("ip", "address", "add", "10.9.0.2/24", "dev", "out");
        await within.RunAsync("ip", "link", "set", "out", "up");
        await router.RunAsync("ip", "address", "add", "10.9.0.1/24", "dev", "in");
        await router.RunAsync("ip", "link", "set", "in", "up");
        await router.RunAsync("ip", "route", "add", "unreachable", "192.0.2.0/24");
        await router.RunAsync("sysctl", "--quiet", "net.ipv4.ip_forward=1");
        await within.RunAsync("ip", "route", "add", "192.0.2.0/24", "via", "10.9.0.1");
        await within.RunAsync("sysctl", "--quiet", "net.ipv4.tcp_syn_retries=1");
        await DialAsync("client", "192.0.2.1:7000 --blocking", within);
        await IsAsync("client -> 192.0.2.1:7000 tcp/7000 opened=0 failed=1 closed=0 unreachable=1");
    }

    [Fact]
    public async Task Rejected_by_a_firewall()
    {
        var within = await BeginAsync();
        await within.RunAsync(
            "nft", "add table inet test; add chain inet test input { type filter hook input priority 0; }; add rule inet test input tcp dport 7000 reject with tcp reset");
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --times 2", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=0 failed=2 closed=0 refused=2");
    }

    [Fact]
    public async Task Prohibited_by_a_firewall()
    {
        var within = await BeginAsync();
        await within.RunAsync("sysctl", "--quiet", "net.ipv4.tcp_syn_retries=1");
        await within.RunAsync(
            "nft", "add table inet test; add chain inet test input { type filter hook input priority 0; }; add rule inet test input tcp dport 7000 reject with icmpx type admin-prohibited");
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --blocking", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=0 failed=1 closed=0 unreachable=1");
    }

    // The program takes the error from the socket and closes it, before the kernel gives up: for the kernel it was the client that did.
    [Fact]
    public async Task Prohibited_by_a_firewall_to_a_client_that_does_not_wait()
    {
        var within = await BeginAsync();
        await within.RunAsync(
            "nft", "add table inet test; add chain inet test input { type filter hook input priority 0; }; add rule inet test input tcp dport 7000 reject with icmpx type admin-prohibited");
        await ServeAsync("server", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --nonblocking", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=0 failed=1 closed=0");
    }

    [Fact]
    public async Task Reset_at_once()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000 --reset", within);
        await DialAsync("client", "127.0.0.1:7000 --times 5 --silent", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=5 failed=0 closed=5");
    }

    [Fact]
    public async Task Answered_by_the_kernel_and_never_accepted()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000 --never-accept", within);
        await DialAsync("client", "127.0.0.1:7000 --times 3 --silent --hold", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=0 active=3");
    }

    // The queue takes one more than its length; whoever comes after gets no answer.
    [Fact]
    public async Task Queue_of_the_server_is_full()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000 --never-accept --backlog 1", within);
        await DialAsync("early", "127.0.0.1:7000 --times 2 --silent --hold", within);
        await DialAsync("late", "127.0.0.1:7000 --times 2 --silent --timeout 0.3", within);
        await IsAsync("""
            early -> server:7000 tcp/7000 opened=2 failed=0 closed=0 active=2
            late -> server:7000 tcp/7000 opened=0 failed=2 closed=0 abandoned=2
            """);
    }

    [Fact]
    public async Task Server_that_is_stopped()
    {
        const int Stop = 19;
        var within = await BeginAsync();
        var server = await ServeAsync("server", "127.0.0.1:7000", within);
        server.Signal(Stop);
        await DialAsync("client", "127.0.0.1:7000 --times 3 --silent --hold", within);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=0 active=3");
        server.Signal(Signals.Kill);
    }
}
