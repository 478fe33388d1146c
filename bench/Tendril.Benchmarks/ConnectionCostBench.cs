using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tendril.Benchmarks.Floor;

namespace Tendril.Benchmarks;

/// <summary>
/// What tracing costs each connection: wall time untraced, with the agent, with programs on the same hooks that return at once, and with Debian's
/// tcplife as a peer, and the time in the agent's own BPF programs by the kernel's statistics. All but tcplife have a cgroup of their own, and slices
/// of a few milliseconds take turns in them, so that what else the machine does meets all alike. Needs root.
/// </summary>
internal static class ConnectionCostBench
{
    private const int WarmUp = 2_000, Slice = 250;

    // Linux gives a client's port again to the same server a second after its close (tcp_tw_reuse), and looks long for one when many
    // are too young. Without the same pause for both, what starts slowest would have the cheapest connects.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(1_500);

    // No operator is there: what is measured is this host's share, and no operator in use hears of it.
    private static readonly string[] AgentOptions = ["--operator", $"http://{BenchPorts.Grpc}"];

    public static int Run(string[] args)
    {
        string agent = BenchOptions.Get(args, "--agent", "artifacts/agent/tendril-agent");
        string against = BenchOptions.Get(args, "--against", "");
        int rounds = int.Parse(BenchOptions.Get(args, "--rounds", "8"), CultureInfo.InvariantCulture);
        int connections = int.Parse(BenchOptions.Get(args, "--connections", "10000"), CultureInfo.InvariantCulture);
        using (var load = new ConnectionLoad(ports: 1))
        {
            load.Run(2 * connections);
        }

        var traced = new List<Variant>
        {
            new("overhead", cgroup => StartAgent(agent, cgroup)),
            new("without_packets", cgroup => StartAgent(agent, cgroup, "--without-packets")),
            new("floor", cgroup => FloorPrograms.Attach(cgroup.Directory)),
        };
        if (against.Length > 0)
        {
            traced.Add(new("against", cgroup => StartAgent(against, cgroup)));
        }

        Measure(traced, rounds, connections);
        MeasureBpf(agent, connections);
        if (File.Exists("/usr/sbin/tcplife"))
        {
            MeasurePeer(rounds, connections);
        }

        return 0;
    }

    private static Child StartAgent(string path, BenchCgroup cgroup, params string[] options) =>
        Child.StartAgent(path, [.. AgentOptions, "--cgroup", cgroup.Name, .. options]);

    // All take turns.
    private static void Measure(List<Variant> traced, int rounds, int connections)
    {
        var untraced = new Variant("untraced", _ => null);
        List<Variant> all = [untraced, .. traced];
        try
        {
            all.ForEach(variant => variant.Start());
            for (int slice = 0; slice < rounds * connections / Slice; slice++)
            {
                all.ForEach(variant => variant.MeasureSlice());
                all.Reverse();
            }
        }
        finally
        {
            all.ForEach(variant => variant.Dispose());
        }

        Print("untraced_us", Median(untraced.Slices.Select(cost => cost.Wall)));
        foreach (var variant in traced)
        {
            Print($"{(variant.Name == "overhead" ? "traced" : variant.Name)}_us", Median(variant.Slices.Select(cost => cost.Wall)));
            PrintRatios(variant.Name, variant.Slices, untraced.Slices, connections / Slice);
        }
    }

    // It cannot be kept to a cgroup: rounds with it and without take turns.
    private static void MeasurePeer(int rounds, int connections)
    {
        List<Cost> untraced = [], traced = [];
        using var load = new ConnectionLoad(ports: 1);
        for (int round = 0; round < 2 * rounds; round++)
        {
            bool isTraced = round % 4 is 1 or 2;
            using var tracer = isTraced ? Child.StartTcplife() : null;
            Thread.Sleep(Settle);
            load.Run(WarmUp);
            (isTraced ? traced : untraced).AddRange(Enumerable.Range(0, connections / Slice).Select(_ => Cost.OfSlice(load)));
        }

        Print("tcplife_us", Median(traced.Select(cost => cost.Wall)));
        PrintRatios("tcplife", traced, untraced, connections / Slice);
    }

    private static void MeasureBpf(string agent, int connections)
    {
        using var load = new ConnectionLoad(ports: 1);
        var programs = BpfTime(agent, load, connections);
        Print("bpf_us", programs.Sum(program => program.Micros));
        Print("bpf_calls", programs.Sum(program => program.Calls));
        foreach (var (name, micros, calls) in programs.Where(program => program.Calls >= 1))
        {
            Print($"bpf_us_{name}", micros);
            Print($"bpf_calls_{name}", calls);
        }
    }

    // For one connection, microseconds and calls of each program that was called. In a run of its own: the statistics themselves cost about as much
    // as a program that returns at once.
    private static List<(string Name, double Micros, double Calls)> BpfTime(string agent, ConnectionLoad load, int connections)
    {
        const string Switch = "/proc/sys/kernel/bpf_stats_enabled";
        string before = File.ReadAllText(Switch);
        try
        {
            File.WriteAllText(Switch, "1");
            var others = ProgramStatistics();
            using var child = Child.StartAgent(agent, AgentOptions);
            load.Run(WarmUp);
            var start = ProgramStatistics();
            load.Run(connections);
            var end = ProgramStatistics();
            return
            [
                .. start.Keys.Where(id => !others.ContainsKey(id) && end.ContainsKey(id) && end[id].Calls > start[id].Calls)
                    .Select(id => (end[id].Name, Micros: (end[id].Nanoseconds - start[id].Nanoseconds) / 1000.0 / connections, (end[id].Calls - start[id].Calls) / (double)connections))
                    .OrderByDescending(program => program.Micros),
            ];
        }
        finally
        {
            File.WriteAllText(Switch, before);
        }
    }

    // All there are, by id: the agent's are those that were not there before it.
    private static Dictionary<long, (string Name, long Nanoseconds, long Calls)> ProgramStatistics()
    {
        using var bpftool = Process.Start(new ProcessStartInfo("bpftool", "-j prog show") { RedirectStandardOutput = true })!;
        using var programs = JsonDocument.Parse(bpftool.StandardOutput.ReadToEnd());
        bpftool.WaitForExit();
        return programs.RootElement.EnumerateArray()
            .ToDictionary(program => program.GetProperty("id").GetInt64(), program => (program.TryGetProperty("name", out var name) ? name.GetString()! : "unnamed", Number(program, "run_time_ns"), Number(program, "run_cnt")));
    }

    // The kernel leaves out what is zero.
    private static long Number(JsonElement program, string field) => program.TryGetProperty(field, out var value) ? value.GetInt64() : 0;

    private static void PrintRatios(string name, List<Cost> traced, List<Cost> untraced, int slicesOfRound)
    {
        PrintRatio($"{name}_ratio", traced.Zip(untraced, (x, y) => x.Wall / y.Wall), slicesOfRound);
        PrintRatio($"{name}_cpu_ratio", traced.Zip(untraced, (x, y) => x.Cpu / y.Cpu), slicesOfRound);
    }

    // Of slices next to each other, so that neither a drift of the machine nor a burst of other work counts much; with the lowest and highest round.
    private static void PrintRatio(string name, IEnumerable<double> ratios, int slicesOfRound)
    {
        var all = ratios.ToList();
        var rounds = all.Chunk(slicesOfRound).Select(Median).ToList();
        Print(name, Median(all));
        Print($"{name}_lowest", rounds.Min());
        Print($"{name}_highest", rounds.Max());
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static void Print(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={value:0.###}"));

    /// <summary>Microseconds for one connection; CPU time is both ends'.</summary>
    private readonly record struct Cost(double Wall, double Cpu)
    {
        public static Cost OfSlice(ConnectionLoad load)
        {
            var before = Environment.CpuUsage.TotalTime;
            double wall = load.Run(Slice);
            return new(wall, (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Slice);
        }
    }

    /// <summary>A way to be traced, in a cgroup of its own, with a port of its own: what is accepted belongs to the cgroup of who listens.</summary>
    private sealed class Variant(string name, Func<BenchCgroup, IDisposable?> trace) : IDisposable
    {
        private readonly BenchCgroup _cgroup = new(name);
        private IDisposable? _tracer;
        private ConnectionLoad? _load;

        public string Name => name;

        public List<Cost> Slices { get; } = [];

        public void Start()
        {
            _tracer = trace(_cgroup);
            _cgroup.Enter();
            _load = new ConnectionLoad(ports: 1);
            _load.Run(WarmUp);
            BenchCgroup.Leave();
        }

        public void MeasureSlice()
        {
            _cgroup.Enter();
            // What the others have put into the caches is not to count.
            _load!.Run(Slice / 10);
            Slices.Add(Cost.OfSlice(_load));
        }

        public void Dispose()
        {
            _load?.Dispose();
            _tracer?.Dispose();
            _cgroup.Dispose();
        }
    }
}
