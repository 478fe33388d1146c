using System.Security.Cryptography;
using System.Text;
using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Networks;

/// <summary>Hosts, each with its own agent: a network namespace, a cgroup, a name and a machine id of its own, and one kernel under all.</summary>
public sealed class HostScenarios : Scenario
{
    [Fact]
    public async Task Client_and_server_on_two_hosts()
    {
        var @operator = await FollowAsync();
        var (one, other) = (await AddHostAsync(), await AddHostAsync());
        await Network.CableAsync((one, "eth0", "10.9.0.1/24"), (other, "eth0", "10.9.0.2/24"));
        await StartAgentOnAsync(one, "one", @operator);
        await StartAgentOnAsync(other, "other", @operator);
        await ServeAsync("server", "0.0.0.0:7000", other);
        await DialAsync("client", "10.9.0.2:7000 --times 3", one);
        await IsAsync("client -> server:7000 tcp/7000 opened=3 failed=0 closed=3 evidence=both");
    }

    [Fact]
    public async Task Each_host_is_the_others_client()
    {
        var @operator = await FollowAsync();
        var (one, other) = (await AddHostAsync(), await AddHostAsync());
        await Network.CableAsync((one, "eth0", "10.9.0.1/24"), (other, "eth0", "10.9.0.2/24"));
        await StartAgentOnAsync(one, "one", @operator);
        await StartAgentOnAsync(other, "other", @operator);
        await ServeAsync("left", "0.0.0.0:7000", one);
        await ServeAsync("right", "0.0.0.0:7000", other);
        await DialAsync("left-client", "10.9.0.2:7000 127.0.0.1:7000 --times 3", one);
        await DialAsync("right-client", "10.9.0.1:7000 127.0.0.1:7000 --times 5", other);
        await IsAsync("""
            left-client -> left:7000 tcp/7000 opened=3 failed=0 closed=3
            left-client -> right:7000 tcp/7000 opened=3 failed=0 closed=3
            right-client -> left:7000 tcp/7000 opened=5 failed=0 closed=5
            right-client -> right:7000 tcp/7000 opened=5 failed=0 closed=5
            """);
    }

    // No address in common: only the handshake's sequence numbers tell that the two ends are one connection.
    [Fact]
    public async Task Translated_both_ways_between_two_hosts()
    {
        var @operator = await FollowAsync();
        var (one, router, other) = (await AddHostAsync(), await AddHostAsync(), await AddHostAsync());
        await Network.CableAsync((one, "eth0", "10.99.1.2/24"), (router, "left", "10.99.1.1/24"));
        await Network.CableAsync((other, "eth0", "10.99.2.2/24"), (router, "right", "10.99.2.1/24"));
        await Network.ForwardAsync(router, "10.99.1.1", 80, "10.99.2.2:8080", masquerade: true);
        await StartAgentOnAsync(one, "one", @operator);
        await StartAgentOnAsync(other, "other", @operator);
        await ServeAsync("server", "0.0.0.0:8080", other);
        await DialAsync("client", "10.99.1.1:80 --times 3", one);
        await IsAsync("client -> server:8080 tcp/8080 opened=3 failed=0 closed=3 evidence=both");
    }

    // Docker gives the first container of every host the same address.
    [Fact]
    public async Task Same_container_address_on_two_hosts()
    {
        var @operator = await FollowAsync();
        var (one, other) = (await AddHostAsync(), await AddHostAsync());
        await Network.CableAsync((one, "eth0", "10.9.0.1/24"), (other, "eth0", "10.9.0.2/24"));
        foreach (var (host, name, times) in new[] { (one, "left", 3), (other, "right", 5) })
        {
            var container = await AddNamespaceAsync(host.Cgroup);
            await Network.BridgeAsync(host, "bridge", "172.17.0.1/16");
            await Network.PlugAsync(host, "bridge", "port0", container, "172.17.0.2/16");
            await StartAgentOnAsync(host, name, @operator);
            await ServeAsync(name, "0.0.0.0:7000", container);
            await DialAsync(name + "-client", $"172.17.0.2:7000 --times {times}", host);
        }

        await IsAsync("""
            left-client -> left:7000 tcp/7000 opened=3 failed=0 closed=3
            right-client -> right:7000 tcp/7000 opened=5 failed=0 closed=5
            """);
    }

    private async Task<OperatorProcess> FollowAsync()
    {
        var @operator = await StartOperatorAsync();
        Follow(@operator);
        return @operator;
    }

    private async Task<NetworkNamespace> AddHostAsync() => await AddNamespaceAsync(Own(TestCgroup.Create()));

    private async Task StartAgentOnAsync(NetworkNamespace host, string name, OperatorProcess @operator)
    {
        const int Port = 50051;
        var machineId = Path.Combine(Folder, "machine-id-" + name);
        await File.WriteAllTextAsync(
            machineId, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Folder + name)))[..32] + "\n", TestContext.Current.CancellationToken);
        var relay = Own(RunningProcess.Start([.. Python("relay", "relay.py"), host.Path, $"{Port}", @operator.AgentAddress.Authority]));
        await relay.LineAsync("listening ");
        await StartAgentAtDefaultPaceAsync(
            host.Cgroup!, new Uri($"http://127.0.0.1:{Port}"), [],
            [.. host.Enter, "unshare", "--mount", "--uts", "sh", "-c", "mount --bind \"$0\" /etc/machine-id && hostname \"$1\" && shift && exec \"$@\"", machineId, name]);
    }
}
