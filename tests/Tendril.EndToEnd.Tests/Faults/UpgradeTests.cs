using System.Diagnostics;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Faults;

/// <summary>An agent is stopped as a service's supervisor does it, and another takes its place, while everything goes on.</summary>
public sealed class UpgradeTests : KernelTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_stopped_agent_has_told_all_it_counted_though_the_operator_gets_no_turn_for_seconds(int seconds)
    {
        var (@operator, load) = await StartLoadAsync();
        // Nothing is told at its pace: by its first reading, by new dependencies, and when it stops.
        var agent = await StartAgentAsync(@operator, "--counter-interval", "60s", "--snapshot-interval", "60s");
        load.Resume();
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        await load.PauseAsync();
        if (seconds > 0)
        {
            @operator.Process.Signal(Signals.Stop);
        }

        agent.Process.Signal(Signals.Terminate);
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        @operator.Process.Signal(Signals.Continue);
        await agent.Process.EndAsync();

        Assert.Equal(0, agent.Process.ExitCode);
        await ShowsAsync(@operator, load, load.Read(), load.Read());
    }

    [Fact]
    public async Task An_upgrade_under_load_loses_no_dependency_and_counts_all_that_either_agent_saw()
    {
        Requirements.ShippedAgent();
        var (@operator, load) = await StartLoadAsync();
        var older = await StartAgentAtDefaultPaceAsync(Cgroup, @operator.AgentAddress, ["--snapshot-interval", "2s"]);
        load.Resume();
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        var elsewhere = Path.Combine(Directory.CreateDirectory(Path.Combine(Folder, "next")).FullName, "tendril-agent");
        File.Copy(Repository.ShippedAgent, elsewhere);

        var before = load.Read();
        var begun = Stopwatch.GetTimestamp();
        await older.DisposeAsync();
        var newer = Own(RunningProcess.Start([elsewhere, "--cgroup", Cgroup.Name, "--operator", @operator.AgentAddress.ToString(), "--snapshot-interval", "2s"]));
        await newer.LineAsync("attached to ", anywhere: true);
        var (after, gap) = (load.Read(), Stopwatch.GetElapsedTime(begun));
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        await load.PauseAsync();

        var all = load.Read();
        // One of each is under way when the newer one attaches, and may pass for one that was under way when the older one left.
        Figures[] least = [.. all.Select((figures, edge) => before[edge] + (figures - after[edge]) - new Figures(1, 1, 1, 256, 256))];
        await ShowsAsync(@operator, load, least, all);
        TestContext.Current.TestOutputHelper?.WriteLine($"from the signal to the next agent's attachment: {gap.TotalMilliseconds:0} ms, in which {after.Sum(each => each.Opened) - before.Sum(each => each.Opened)} connections were opened");
    }

    private async Task<(OperatorProcess Operator, Load Load)> StartLoadAsync()
    {
        Requirements.Program("curl", "curl");
        var @operator = await StartOperatorAsync();
        var load = Own(new Load(Folder) { Seconds = 120 });
        await load.StartAsync((name, arguments) => StartProgram(name, Repository.LoadProgram, arguments));
        return (@operator, load);
    }

    /// <summary>Waits until every dependency is there, and none else, with counters within these, and open connections exactly those that are open.</summary>
    private static async Task ShowsAsync(OperatorProcess @operator, Load load, Figures[] least, Figures[] most)
    {
        string[] wrong = [];
        await Wait.UntilAsync(
            async () =>
            {
                var actual = Figures.Of(await @operator.GraphAsync());
                wrong = [
                    .. load.Edges.Select((edge, at) => (edge, least: least[at], most: most[at]))
                        .Where(each => !actual.TryGetValue(each.edge, out var found) || !found.Figures.IsWithin(each.least, each.most)
                            || found.Active != each.most.Open || found.Figures.Open != each.most.Open)
                        .Select(each => $"{each.edge} is {(actual.TryGetValue(each.edge, out var found) ? $"{found}" : "missing")}, not {each.least} to {each.most} with {each.most.Open} open"),
                    .. actual.Keys.Except(load.Edges).Select(edge => $"{edge} is too many"),
                ];
                return wrong.Length == 0;
            },
            () => $"the graph to be right:\n{string.Join('\n', wrong)}");
    }
}
