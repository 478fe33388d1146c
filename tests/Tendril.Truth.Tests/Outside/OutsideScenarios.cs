using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Outside;

/// <summary>The other end has no agent: all that is known of it is an address, and what it is called here.</summary>
public sealed class OutsideScenarios : Scenario
{
    [Fact]
    public async Task Client_without_an_agent()
    {
        var (inside, outside) = await BeginWithOutsideAsync();
        await ServeAsync("server", "0.0.0.0:7000", inside);
        await DialAsync("10.9.0.2", "10.9.0.1:7000 --times 3", outside);
        await IsAsync("10.9.0.2 -> server:7000 tcp/7000 opened=3 failed=0 closed=3 evidence=server");
    }

    [Fact]
    public async Task Server_without_an_agent()
    {
        var (inside, outside) = await BeginWithOutsideAsync();
        await ServeAsync("server", "0.0.0.0:7000", outside);
        await DialAsync("client", "10.9.0.2:7000 --times 3", inside);
        await IsAsync("client -> 10.9.0.2:7000 tcp/7000 opened=3 failed=0 closed=3 evidence=client");
    }

    [Fact]
    public async Task Server_named_by_DNS()
    {
        var (inside, outside) = await BeginWithOutsideAsync();
        await AnswerNamesAsync(outside, "--host-record=db.example.test,10.9.0.3");
        await ServeAsync("server", "0.0.0.0:7000", outside);
        await ResolveAndDialAsync("db.example.test:7000 --times 3", inside);
        await IsAsync("""
            client -> 10.9.0.2:53 udp/53 opened=1+
            client -> db.example.test tcp/7000 opened=3 failed=0 closed=3
            """);
    }

    [Fact]
    public async Task Server_named_by_DNS_over_two_aliases()
    {
        var (inside, outside) = await BeginWithOutsideAsync();
        await AnswerNamesAsync(outside, "--host-record=db.example.test,10.9.0.3", "--cname=edge.example.test,db.example.test", "--cname=www.example.test,edge.example.test");
        await ServeAsync("server", "0.0.0.0:7000", outside);
        await ResolveAndDialAsync("www.example.test:7000 --times 3", inside);
        await IsAsync("""
            client -> 10.9.0.2:53 udp/53 opened=1+
            client -> www.example.test tcp/7000 opened=3 failed=0 closed=3
            """);
    }

    [Fact]
    public async Task Many_addresses_of_one_name()
    {
        var (inside, outside) = await BeginWithOutsideAsync();
        await AnswerNamesAsync(outside, [.. Enumerable.Range(3, 6).Select(i => $"--host-record=pool.example.test,10.9.0.{i}")]);
        await ServeAsync("server", "0.0.0.0:7000", outside);
        await ResolveAndDialAsync("pool.example.test:7000 --all", inside);
        await IsAsync("""
            client -> 10.9.0.2:53 udp/53 opened=1+
            client -> pool.example.test tcp/7000 opened=6 failed=0 closed=6
            """);
    }

    [Fact]
    public async Task Server_named_in_its_clients_TLS_hello()
    {
        var (inside, outside) = await BeginWithOutsideAsync();
        await ServeAsync("server", "0.0.0.0:443", outside);
        await DialAsync("client", "10.9.0.3:443 --times 3 --tls shop.example.test", inside);
        await IsAsync("client -> shop.example.test tcp/443 opened=3 failed=0 closed=3");
    }

    private async Task AnswerNamesAsync(NetworkNamespace outside, params string[] records)
    {
        Requirements.Program("dnsmasq", "dnsmasq-base");
        var server = StartInside(
            [
                "/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=" + Folder + "/pid",
                "--log-facility=-", "--listen-address=10.9.0.2", "--bind-interfaces", "--local=/example.test/", .. records,
            ],
            outside);
        await server.LineAsync("started, version", anywhere: true);
    }

    // With a resolv.conf of its own, as a container has.
    private async Task ResolveAndDialAsync(string arguments, NetworkNamespace inside)
    {
        var configuration = Path.Combine(Folder, "resolv.conf");
        await File.WriteAllTextAsync(configuration, "nameserver 10.9.0.2\n", TestContext.Current.CancellationToken);
        await DialAsync("client", arguments, inside, "unshare", "--mount", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"", configuration);
    }
}
