using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Networks;

/// <summary>Network namespaces of one host, seen by its one agent: containers, in other words.</summary>
public sealed class NamespaceScenarios : Scenario
{
    [Fact]
    public async Task Same_address_in_two_namespaces()
    {
        await WatchAsync();
        var (blue, green) = (await AddNamespaceAsync(), await AddNamespaceAsync());
        foreach (var (within, name, times) in new[] { (blue, "blue", 3), (green, "green", 5) })
        {
            await within.RunAsync("ip", "address", "add", "10.0.0.2/32", "dev", "lo");
            await ServeAsync(name, "10.0.0.2:7000 127.0.0.1:7001", within);
            await DialAsync(name + "-client", $"10.0.0.2:7000 127.0.0.1:7001 --times {times}", within);
        }

        await IsAsync("""
            blue-client -> blue:7000 tcp/7000 opened=3 failed=0 closed=3
            blue-client -> blue:7000 tcp/7001 opened=3 failed=0 closed=3
            green-client -> green:7000 tcp/7000 opened=5 failed=0 closed=5
            green-client -> green:7000 tcp/7001 opened=5 failed=0 closed=5
            """);
    }

    [Fact]
    public async Task Bridge_with_three_containers()
    {
        await WatchAsync();
        var host = await AddNamespaceAsync();
        await Network.BridgeAsync(host, "bridge", "10.7.0.1/24");
        var guests = new List<NetworkNamespace>();
        for (var i = 0; i < 3; i++)
        {
            guests.Add(await AddNamespaceAsync());
            await Network.PlugAsync(host, "bridge", $"port{i}", guests[i], $"10.7.0.{i + 2}/24");
        }

        await ServeAsync("data", "0.0.0.0:7000", guests[0]);
        await ServeAsync("front", "0.0.0.0:7000", guests[1]);
        await DialAsync("front-worker", "10.7.0.2:7000 --times 3", guests[1]);
        await DialAsync("client", "10.7.0.2:7000 10.7.0.3:7000 --times 5", guests[2]);
        await DialAsync("operator", "10.7.0.3:7000 --times 7", host);
        await IsAsync("""
            front-worker -> data:7000 tcp/7000 opened=3 failed=0 closed=3
            client -> data:7000 tcp/7000 opened=5 failed=0 closed=5
            client -> front:7000 tcp/7000 opened=5 failed=0 closed=5
            operator -> front:7000 tcp/7000 opened=7 failed=0 closed=7
            """);
    }

    // client 10.99.1.2 dials 10.99.1.1:80; the router sends that to 10.99.2.2:8080 and puts its own address in the client's place.
    [Fact]
    public async Task Translated_both_ways_by_a_router()
    {
        await WatchAsync();
        var (one, router, other) = (await AddNamespaceAsync(), await AddNamespaceAsync(), await AddNamespaceAsync());
        await Network.CableAsync((one, "eth0", "10.99.1.2/24"), (router, "left", "10.99.1.1/24"));
        await Network.CableAsync((other, "eth0", "10.99.2.2/24"), (router, "right", "10.99.2.1/24"));
        await Network.ForwardAsync(router, "10.99.1.1", 80, "10.99.2.2:8080", masquerade: true);
        await ServeAsync("server", "0.0.0.0:8080", other);
        await DialAsync("client", "10.99.1.1:80 --times 3", one);
        await IsAsync("client -> server:8080 tcp/8080 opened=3 failed=0 closed=3");
    }

    // Docker's published port for whoever comes by the host's address: 10.6.0.1:8080 of the host is 10.7.0.2:80 of the container.
    [Fact]
    public async Task Published_port_by_translation()
    {
        await WatchAsync();
        var (host, client, _) = await PublishAsync();
        await DialAsync("client", "10.6.0.1:8080 --times 3", client);
        await DialAsync("local", "10.6.0.1:8080 --times 5", host);
        await IsAsync("""
            client -> server:80 tcp/80 opened=3 failed=0 closed=3
            local -> server:80 tcp/80 opened=5 failed=0 closed=5
            """);
    }

    // And for whoever comes by localhost: a program in between, which ends one connection and makes another.
    [Fact]
    public async Task Published_port_by_a_proxy()
    {
        await WatchAsync();
        var (host, _, _) = await PublishAsync();
        var proxy = StartInside([.. Python("docker-proxy", "relay.py"), host.Path, "8080", "10.7.0.2:80"], host);
        await proxy.LineAsync("listening ");
        await DialAsync("local", "127.0.0.1:8080 --times 3", host);
        await IsAsync("""
            local -> docker-proxy:8080 tcp/8080 opened=3 failed=0 closed=3
            docker-proxy:8080 -> server:80 tcp/80 opened=3 failed=0 closed=3
            """);
    }

    // A container that calls itself, and one beside it, by the address of the host.
    [Fact]
    public async Task Hairpin()
    {
        await WatchAsync();
        var (host, _, container) = await PublishAsync();
        await host.RunAsync("ip", "link", "set", "port0", "type", "bridge_slave", "hairpin", "on");
        var neighbour = await AddNamespaceAsync();
        await Network.PlugAsync(host, "bridge", "port1", neighbour, "10.7.0.3/24");
        await Network.RouteAsync(neighbour, "default", "10.7.0.1");
        await DialAsync("itself", "10.6.0.1:8080 --times 3", container);
        await DialAsync("neighbour", "10.6.0.1:8080 --times 5", neighbour);
        await IsAsync("""
            itself -> server:80 tcp/80 opened=3 failed=0 closed=3
            neighbour -> server:80 tcp/80 opened=5 failed=0 closed=5
            """);
    }

    private async Task<(NetworkNamespace Host, NetworkNamespace Client, NetworkNamespace Container)> PublishAsync()
    {
        var (host, client, container) = (await AddNamespaceAsync(), await AddNamespaceAsync(), await AddNamespaceAsync());
        await Network.CableAsync((client, "eth0", "10.6.0.2/24"), (host, "eth0", "10.6.0.1/24"));
        await Network.BridgeAsync(host, "bridge", "10.7.0.1/24");
        await Network.PlugAsync(host, "bridge", "port0", container, "10.7.0.2/24");
        await Network.RouteAsync(container, "default", "10.7.0.1");
        await Network.ForwardAsync(host, "10.6.0.1", 8080, "10.7.0.2:80", masquerade: true);
        await ServeAsync("server", "0.0.0.0:80", container);
        return (host, client, container);
    }
}
