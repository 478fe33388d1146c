using System.Globalization;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Counting;

/// <summary>What the BPF programs cost, which the kernel tells when it is asked to count.</summary>
public sealed class ProgramCostTests : KernelTest
{
    private const string Switch = "/proc/sys/kernel/bpf_stats_enabled";

    [Fact]
    public async Task Runs_and_time_of_each_program_are_told_while_the_kernel_counts_them()
    {
        const int Connections = 100;
        string before = await File.ReadAllTextAsync(Switch, TestContext.Current.CancellationToken);
        var (@operator, _) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:0");
        try
        {
            await File.WriteAllTextAsync(Switch, "1", TestContext.Current.CancellationToken);
            await ConnectAsync("client", $"127.0.0.1:{server.Port} --times {Connections}");

            // A connect each; both ends call back for being established and for closing.
            await @operator.ShowsAsync(
                graph => Runs(graph, "cgroup_connect_tracker") >= Connections && Runs(graph, "sockops_tracker") >= 4 * Connections,
                $"the runs of the programs for {Connections} connections");
        }
        finally
        {
            await File.WriteAllTextAsync(Switch, before, CancellationToken.None);
        }

        var line = (await @operator.GetAsync("/metrics")).Split('\n')
            .Single(each => each.StartsWith("tendril_bpf_program_run_seconds_total", StringComparison.Ordinal) && each.Contains("\"sockops_tracker\"", StringComparison.Ordinal));
        // A run takes from some ten nanoseconds to, on a very busy machine, milliseconds.
        Assert.InRange(double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture), 4 * Connections * 1e-8, 60);
    }

    private static long Runs(TestGraph graph, string program) =>
        graph.Agent["programs"]!.AsArray().FirstOrDefault(each => (string)each!["name"]! == program)?["runs"]!.GetValue<long>() ?? 0;
}
