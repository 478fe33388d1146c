using System.Globalization;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Faults;

/// <summary>
/// kill -9 of agent and operator at random moments. `scripts/chaos.sh` runs these with more kills: TENDRIL_CHAOS_KILLS and TENDRIL_CHAOS_SEED say how many and
/// which; what happened is in artifacts/chaos/log.txt, or artifacts/chaos-memory/log.txt, a line each, the figures last.
/// </summary>
public sealed class ChaosTests : KernelTest
{
    private const int KillsInTests = 6;

    [Fact]
    public Task The_graph_is_right_after_each_kill_of_agent_and_operator() => KillAsync("chaos", remembers: false);

    [Fact]
    public Task The_graph_of_an_operator_that_remembers_is_right_after_each_kill() => KillAsync("chaos-memory", remembers: true, "--memory", Path.Combine(Folder, "memory.db"));

    private async Task KillAsync(string name, bool remembers, params string[] options)
    {
        Requirements.Program("curl", "curl");
        var kills = Number("TENDRIL_CHAOS_KILLS", KillsInTests);
        var seed = Number("TENDRIL_CHAOS_SEED", 1);
        using var log = Report.Create(name);
        var @operator = await StartOperatorAsync(options);
        var load = Own(new Load(Folder) { Seconds = 600 + (kills * 30) });
        await load.StartAsync((name, arguments) => StartProgram(name, Repository.LoadProgram, arguments));
        var chaos = new Chaos(Cgroup, @operator, remembers, load, seed, log.Say);
        await chaos.RunAsync(kills);

        var recoveries = chaos.Recoveries.Order().ToList();
        log.Say(string.Create(CultureInfo.InvariantCulture,
            $"seed {seed}: {load.Read().Sum(figures => figures.Opened)} connections made, {chaos.Unseen} of them unseen, as no agent ran or it was killed before it told of them; right again {recoveries[recoveries.Count / 2].TotalSeconds:0.0} s after the restart (median, under load for up to a second of it), {recoveries[^1].TotalSeconds:0.0} s at most"));
        log.Say($"kills={chaos.Kills} wrong_counters={chaos.WrongCounters} missing_edges={chaos.MissingEdges}");
        Assert.True(chaos is { WrongCounters: 0, MissingEdges: 0 }, log.Text);
    }

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
