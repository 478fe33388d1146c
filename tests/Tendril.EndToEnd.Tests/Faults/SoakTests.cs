using System.Diagnostics;
using System.Globalization;
using Tendril.EndToEnd.Tests.Harness;
using Tendril.EndToEnd.Tests.Lifecycle;

namespace Tendril.EndToEnd.Tests.Faults;

/// <summary>
/// Load and churn for minutes: processes and listeners that come and go. Memory, handles, threads and what the kernel's maps hold must be flat, and
/// the counters right at the end. `scripts/soak.sh` runs this for longer: TENDRIL_SOAK_MINUTES says how long.
/// </summary>
public sealed class SoakTests : KernelTest
{
    private const double MinutesInTests = 5;
    private const int Samples = 240;

    // What a server's process counted stays for ten minutes after it was last called; pid_map is an LRU, which fills to its size and no further.
    private static readonly (string Name, double MayGrowBy)[] Maps = [("dependency_map", 200), ("service_map", 8), ("pid_map", 8192), ("flow_map", 64)];

    private readonly Series _agentMemory = new("agent RSS, MiB", 0.1, 3);
    private readonly Series _operatorMemory = new("operator RSS, MiB", 0.1, 16);
    private readonly Series _agentHandles = new("agent handles", 0, 4);
    private readonly Series _operatorHandles = new("operator handles", 0, 8);
    private readonly Series _agentThreads = new("agent threads", 0, 3);
    private readonly Series _operatorThreads = new("operator threads", 0, 6);
    private readonly Series[] _maps = [.. Maps.Select(map => new Series(map.Name, 0.1, map.MayGrowBy))];
    private readonly Dictionary<int, RunningProcess> _popups = [];
    private readonly List<int> _ports = [];

    [Fact]
    public async Task Memory_handles_and_maps_stay_flat_under_load_and_churn()
    {
        Requirements.Program("curl", "curl");
        Requirements.Program("bpftool", "bpftool");
        var minutes = Environment.GetEnvironmentVariable("TENDRIL_SOAK_MINUTES") is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : MinutesInTests;
        using var log = Report.Create("soak");
        var @operator = await StartOperatorAsync();
        var agent = await StartAgentAtDefaultPaceAsync(Cgroup, @operator.AgentAddress, []);
        var load = Own(new Load(Folder) { Seconds = (int)(minutes * 60) + 300 });
        await load.StartAsync((name, arguments) => StartProgram(name, Repository.LoadProgram, arguments));
        load.Resume();

        var programs = await Attachments.ProgramsAsync(agent.Process.Id);
        var maps = await Attachments.MapsByNameAsync(programs.Union(await Attachments.ProgramsAsync(Cgroup)).ToList());
        var (begun, duration) = (Stopwatch.GetTimestamp(), TimeSpan.FromMinutes(minutes));
        var between = TimeSpan.FromSeconds(Math.Max(4, duration.TotalSeconds / Samples));
        for (var turn = 0; Stopwatch.GetElapsedTime(begun) < duration; turn++)
        {
            var due = (turn + 1) * between;
            await ChurnAsync(turn);
            await SampleAsync(agent.Process.Id, @operator.Process.Id, maps);
            var rest = due - Stopwatch.GetElapsedTime(begun);
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, TestContext.Current.CancellationToken);
        }

        await load.PauseAsync();
        var wrong = await WrongAsync(@operator, load, log);
        Tell(log, minutes, load, wrong);
        Assert.True(wrong == 0 && All().All(series => !series.HasGrown), log.Text);
    }

    // A program that listens for a while on one of a few ports, and is called there: its listener, its process and its client's are new each time.
    private async Task ChurnAsync(int turn)
    {
        const int Ports = 8;
        var place = turn % Ports;
        if (_popups.Remove(place, out var former))
        {
            await former.DisposeAsync();
        }

        var server = await ListenAsync("popup", $"127.0.0.1:{(place < _ports.Count ? _ports[place] : 0)}");
        if (place == _ports.Count)
        {
            _ports.Add(server.Port);
        }

        _popups[place] = server.Process;
        await using var visitor = StartPeer("visitor", $"connect 127.0.0.1:{server.Port} --times 5 --leave");
        await visitor.EndAsync();
    }

    private async Task SampleAsync(int agent, int @operator, IReadOnlyDictionary<string, int> maps)
    {
        foreach (var (process, memory, handles, threads) in new[] { (agent, _agentMemory, _agentHandles, _agentThreads), (@operator, _operatorMemory, _operatorHandles, _operatorThreads) })
        {
            memory.Add(Status(process, "VmRSS:") / 1024.0);
            handles.Add(Directory.GetFiles($"/proc/{process}/fd").Length);
            threads.Add(Status(process, "Threads:"));
        }

        for (var at = 0; at < Maps.Length; at++)
        {
            _maps[at].Add(await Attachments.EntriesAsync(maps[Maps[at].Name]));
        }
    }

    private static long Status(int process, string field) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(field, StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private static async Task<int> WrongAsync(OperatorProcess @operator, Load load, Report log)
    {
        var expected = load.Read();
        for (var begun = Stopwatch.GetTimestamp(); ;)
        {
            var shown = Figures.Of(await @operator.GraphAsync());
            var wrong = load.Edges.Select((edge, at) => (Edge: edge, Expected: expected[at], Shown: shown.GetValueOrDefault(edge).Figures))
                .Where(each => each.Expected != each.Shown).ToList();
            if (wrong.Count == 0)
            {
                return 0;
            }

            if (Stopwatch.GetElapsedTime(begun) >= Wait.Bound)
            {
                wrong.ForEach(each => log.Say($"{each.Edge}: {each.Shown}, expected {each.Expected}"));
                return wrong.Sum(each => each.Expected.DifferencesTo(each.Shown));
            }

            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
    }

    private IEnumerable<Series> All() => [_agentMemory, _operatorMemory, _agentHandles, _operatorHandles, _agentThreads, _operatorThreads, .. _maps];

    private void Tell(Report log, double minutes, Load load, int wrong)
    {
        foreach (var series in All())
        {
            log.Say(series.Chart());
        }

        log.Say(string.Create(CultureInfo.InvariantCulture,
            $"soak_minutes={minutes:0.#} connections={load.Read().Sum(figures => figures.Opened)} agent_rss_mib={_agentMemory.Late:0.0} agent_rss_growth_mib={_agentMemory.Late - _agentMemory.Early:0.0} operator_rss_mib={_operatorMemory.Late:0.0} operator_rss_growth_mib={_operatorMemory.Late - _operatorMemory.Early:0.0} agent_handles_growth={_agentHandles.Late - _agentHandles.Early:0} operator_handles_growth={_operatorHandles.Late - _operatorHandles.Early:0} map_entries_growth={_maps.Sum(map => map.Late - map.Early):0} wrong_counters={wrong} grown={All().Count(series => series.HasGrown)}"));
    }
}
