using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Identity;

/// <summary>Names and ids hold nothing that a restart changes.</summary>
public sealed class RestartScenarios : Scenario
{
    [Fact]
    public async Task Restart_of_the_services()
    {
        var within = await AddNamespaceAsync();
        var @operator = await StartOperatorAsync();
        await StartAgentAtDefaultPaceAsync(Cgroup, @operator.AgentAddress, []);
        var place = Own(new CgroupBelow(Cgroup, "system.slice/shop.service"));
        var programs = await StartAllAsync(place, within);
        var before = await NamesAsync(@operator);
        foreach (var program in programs)
        {
            await program.DisposeAsync();
        }

        await StartAllAsync(place, within);
        await IsStillAsync(@operator, before, times: 6);
    }

    [Fact]
    public async Task Restart_of_the_agent()
    {
        var within = await AddNamespaceAsync();
        var @operator = await StartOperatorAsync();
        var agent = await StartAgentAtDefaultPaceAsync(Cgroup, @operator.AgentAddress, []);
        await StartAllAsync(Own(new CgroupBelow(Cgroup, "system.slice/shop.service")), within);
        var before = await NamesAsync(@operator);
        await agent.DisposeAsync();
        await StartAgentAtDefaultPaceAsync(Cgroup, @operator.AgentAddress, []);
        await IsStillAsync(@operator, before, times: 3);
    }

    [Fact]
    public async Task Restart_of_the_operator()
    {
        var within = await AddNamespaceAsync();
        var @operator = await StartOperatorAsync();
        await StartAgentAtDefaultPaceAsync(Cgroup, @operator.AgentAddress, []);
        await StartAllAsync(Own(new CgroupBelow(Cgroup, "system.slice/shop.service")), within);
        var before = await NamesAsync(@operator);
        await @operator.RestartAsync();
        await IsStillAsync(@operator, before, times: 3);
    }

    /// <summary>Three servers, each named in another way, and their client; when connects were is nobody's business here.</summary>
    private async Task<IReadOnlyList<RunningProcess>> StartAllAsync(CgroupBelow unit, NetworkNamespace within)
    {
        var servers = new[]
        {
            await ServeAsync("server", "127.0.0.1:7000", within, unit.Enter),
            await ServeAsync("server", "127.0.0.1:7001", within, "env", "OTEL_SERVICE_NAME=checkout"),
            await ServeAsync("server", "127.0.0.1:7002", within),
        };
        var client = StartInside([.. Python("client", "dial.py"), "127.0.0.1:7000", "127.0.0.1:7001", "127.0.0.1:7002", "--times", "3"], within);
        await client.LineAsync("connected 9 ");
        return [.. servers, client];
    }

    private static async Task<IReadOnlyDictionary<string, (string Id, string Source)>> NamesAsync(OperatorProcess @operator)
    {
        IReadOnlyDictionary<string, (string Id, string Source)> names = new Dictionary<string, (string, string)>();
        string[] wanted = ["checkout", "client", "server:7002", "shop"];
        await Wait.UntilAsync(
            async () =>
            {
                names = await Names.ReadAsync(@operator);
                return names.Keys.Order(StringComparer.Ordinal).SequenceEqual(wanted) && (await @operator.GraphAsync()).Sum("connectionsClosed") == 9;
            },
            () => "the graph; its nodes are " + string.Join(", ", names.Keys));
        return names;
    }

    private async Task IsStillAsync(OperatorProcess @operator, IReadOnlyDictionary<string, (string Id, string Source)> before, int times)
    {
        Follow(@operator);
        await IsAsync($"""
            client -> shop tcp/7000 opened={times} failed=0 closed={times}
            client -> checkout tcp/7001 opened={times} failed=0 closed={times}
            client -> server:7002 tcp/7002 opened={times} failed=0 closed={times}
            """);
        Assert.Equal(before.OrderBy(name => name.Key), (await Names.ReadAsync(@operator)).OrderBy(name => name.Key));
    }
}
