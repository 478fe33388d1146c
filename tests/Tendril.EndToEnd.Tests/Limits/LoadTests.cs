using System.Text.RegularExpressions;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Limits;

/// <summary>More than is usual, of connections and of waiting: afterwards every counter is what was done.</summary>
public sealed class LoadTests : KernelTest
{
    [Fact]
    public async Task As_many_connections_as_the_machine_makes_are_all_counted()
    {
        await using var load = RunningProcess.Start([Repository.Benchmarks, "exact", "--seconds", "5", "--agent", Repository.Agent, "--operator", Repository.Operator]);
        await load.EndAsync(TimeSpan.FromSeconds(120));
        Assert.True(load.ExitCode == 0, load.Output);
        var made = Regex.Match(load.Output, @"exact_connections=(\d+) exact_counted=(\d+) exact_wrong_edges=0 .* exact_uncounted=0");
        Assert.True(made.Success && long.Parse(made.Groups[1].Value, null) > 5_000, load.Output);
        Assert.Equal(made.Groups[1].Value, made.Groups[2].Value);
    }

    [Fact]
    public async Task An_operator_that_stands_still_costs_the_agent_no_memory_and_no_count()
    {
        const int Calls = 3_000, Servers = 60, Growth = 48;
        var (@operator, agent) = await StartBothAsync();
        var server = await ListenAsync("server", string.Join(' ', Enumerable.Repeat("127.0.0.1:0", Servers)));
        var targets = string.Join(' ', server.Ports.Select(port => $"127.0.0.1:{port}")) + $" --times {Calls / Servers}";
        Assert.Equal($"connected {Calls} failed 0", await ConnectAsync("before", targets));
        await @operator.ShowsAsync(graph => graph.Sum("connectionsOpened") == Calls, $"{Calls} connections");
        var before = agent.Process.ResidentMiB;

        @operator.Process.Signal(Signals.Stop);
        try
        {
            Assert.Equal($"connected {Calls} failed 0", await ConnectAsync("while", targets));
            // It gives the call up after 20 s without an answer, and tries again.
            await agent.Process.LineAsync("is not answering; counting goes on", anywhere: true, TimeSpan.FromSeconds(60));
            Assert.Equal($"connected {Calls} failed 0", await ConnectAsync("after", targets));
            Assert.InRange(agent.Process.ResidentMiB - before, -1_000, Growth);
        }
        finally
        {
            @operator.Process.Signal(Signals.Continue);
        }

        await @operator.ShowsAsync(
            graph => graph.Sum("connectionsOpened") == 3 * Calls && graph.Sum("connectionsClosed") == 3 * Calls && graph.Edges.Count == 3 * Servers,
            $"{3 * Calls} connections on {3 * Servers} edges");
        Assert.InRange(agent.Process.ResidentMiB - before, -1_000, Growth);
    }
}
