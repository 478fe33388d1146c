using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Outside;

/// <summary>More outside than there is room for: what does not fit is one node that says so, and every connection is on an edge.</summary>
public sealed class LimitScenarios : Scenario
{
    [Fact]
    public async Task More_addresses_than_the_operator_shows()
    {
        const int Shown = 5;
        var (_, inside) = await BeginAsync([], "--max-external", $"{Shown}");
        var addresses = Enumerable.Range(2, 20).Select(i => $"10.9.0.{i}").ToList();
        var first = string.Join('\n', addresses[..Shown].Select(address => $"client -> {address}:7000 tcp/7000 opened=2 failed=0 closed=2"));
        await CallAsync(Targets(addresses[..Shown]), inside);
        foreach (var edge in first.Split('\n'))
        {
            await SeenAsync(edge);
        }

        await CallAsync(Targets(addresses[Shown..]), inside);
        await IsAsync(first + "\nclient -> other external addresses tcp/7000 opened=30 failed=0 closed=30");
    }

    [Fact]
    public async Task More_ports_than_the_agent_counts()
    {
        const int Ports = 300;
        const int Counted = 60; // of 64, as the others need places of their own
        var (@operator, inside) = await BeginAsync(["--max-dependencies", "64"]);
        await CallAsync(string.Join(' ', Enumerable.Range(7000, Ports).Select(port => $"10.9.0.2:{port}")), inside);
        await IsAsync(
            string.Join('\n', Enumerable.Range(7000, Counted).Select(port => $"client -> 10.9.0.2:{port} tcp/{port} opened=1 failed=0 closed=1"))
            + $"\nclient -> other addresses tcp/0 opened={Ports - Counted} failed=0 closed={Ports - Counted}");
        Assert.Equal(0, (await @operator.GraphAsync()).Overflow("dependency_map"));
    }

    [Fact]
    public async Task Addresses_that_a_rule_names()
    {
        var rules = Path.Combine(Folder, "rules.yaml");
        await File.WriteAllTextAsync(
            rules, "rules:\n  - name: payments\n    match: { address: 10.9.0.0/29, port: 7000 }\n", TestContext.Current.CancellationToken);
        var (_, inside) = await BeginAsync([], "--rules", rules);
        await CallAsync("10.9.0.3:7000 10.9.0.4:7000 10.9.0.9:7000 10.9.0.3:7001", inside);
        await IsAsync("""
            client -> payments tcp/7000 opened=2 failed=0 closed=2
            client -> 10.9.0.9:7000 tcp/7000 opened=1 failed=0 closed=1
            client -> 10.9.0.3:7001 tcp/7001 opened=1 failed=0 closed=1
            """);
    }

    // Not timed: so many edges of one moment would be most of what the table's quantiles are made of.
    private async Task CallAsync(string arguments, NetworkNamespace within) =>
        await StartInside([.. Python("client", "dial.py"), .. arguments.Split(' ')], within).LineAsync("connected ");

    private static string Targets(IEnumerable<string> addresses) => string.Join(' ', addresses.Select(address => address + ":7000")) + " --times 2";

    /// <summary>A namespace that is watched, and 10.9.0.2 to 10.9.0.21 that are not, with servers on the ports from 7000 on.</summary>
    private async Task<(OperatorProcess Operator, NetworkNamespace Inside)> BeginAsync(string[] agentArguments, params string[] operatorArguments)
    {
        var @operator = await StartOperatorAsync(operatorArguments);
        await WatchAsync(@operator, agentArguments);
        var inside = await AddNamespaceAsync();
        var outside = await AddNamespaceAsync(Own(TestCgroup.Create()));
        await Network.CableAsync((inside, "eth0", "10.9.0.1/24"), (outside, "eth0", "10.9.0.2/24"));
        for (var i = 3; i < 22; i++)
        {
            await outside.RunAsync("ip", "address", "add", $"10.9.0.{i}/24", "dev", "eth0");
        }

        await ServeAsync("server", string.Join(' ', Enumerable.Range(7000, 300).Select(port => $"0.0.0.0:{port}")), outside);
        return (@operator, inside);
    }
}
