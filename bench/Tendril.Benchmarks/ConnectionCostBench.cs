using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tendril.Benchmarks;

/// <summary>
/// What tracing costs each connection: wall time untraced, with the agent, and with Debian's tcplife as a peer, and the time in the
/// agent's own BPF programs by the kernel's statistics. The rounds are short and each has all of them, so that what else the machine
/// does meets all alike; their order turns round from one to the next. Needs root.
/// </summary>
internal static class ConnectionCostBench
{
    private const int WarmUp = 2_000, Slice = 250;

    // Linux gives a client's port again to the same server a second after its close (tcp_tw_reuse), and looks long for one when many
    // are too young. Without the same pause for all, what starts slowest would have the cheapest connects.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(1_500);

    // No operator is there: what is measured is this host's share, and no operator in use hears of it.
    private static readonly string[] AgentOptions = ["--operator", $"http://{BenchPorts.Grpc}"];

    public static int Run(string[] args)
    {
        string agent = BenchOptions.Get(args, "--agent", "artifacts/agent/tendril-agent");
        int rounds = int.Parse(BenchOptions.Get(args, "--rounds", "8"), CultureInfo.InvariantCulture);
        int connections = int.Parse(BenchOptions.Get(args, "--connections", "10000"), CultureInfo.InvariantCulture);
        using var load = new ConnectionLoad(ports: 1);
        load.Run(2 * connections);
        var variants = new List<(string Name, Func<Child?> Start, List<Cost> Costs)>
        {
            ("untraced", () => null, []),
            ("traced", () => Child.StartAgent(agent, AgentOptions), []),
            ("without_packets", () => Child.StartAgent(agent, [.. AgentOptions, "--without-packets"]), []),
        };
        if (File.Exists("/usr/sbin/tcplife"))
        {
            variants.Add(("tcplife", Child.StartTcplife, []));
        }

        for (int round = 0; round < rounds; round++)
        {
            foreach (var (_, start, costs) in round % 2 == 0 ? variants : Enumerable.Reverse(variants))
            {
                using var tracer = start();
                Thread.Sleep(Settle);
                load.Run(WarmUp);
                costs.Add(Measure(load, connections));
            }
        }

        var untraced = variants[0].Costs;
        variants.ForEach(variant => Print($"{variant.Name}_us", Median(variant.Costs.Select(cost => cost.Wall))));
        var (bpf, calls) = BpfTime(agent, load, connections);
        Print("bpf_us", bpf);
        Print("bpf_calls", calls);
        foreach (var (name, _, costs) in variants.Skip(1))
        {
            string ratio = name == "traced" ? "overhead" : name;
            PrintRatios($"{ratio}_ratio", costs.Zip(untraced, (x, y) => x.Wall / y.Wall));
            PrintRatios($"{ratio}_cpu_ratio", costs.Zip(untraced, (x, y) => x.Cpu / y.Cpu));
        }

        return 0;
    }

    // For one connection, microseconds and calls. In a run of its own: the statistics themselves cost about as much as a program that returns at once.
    private static (double Micros, double Calls) BpfTime(string agent, ConnectionLoad load, int connections)
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
            var ours = start.Keys.Where(id => !others.ContainsKey(id) && end.ContainsKey(id)).ToList();
            return (ours.Sum(id => end[id].Nanoseconds - start[id].Nanoseconds) / 1000.0 / connections,
                ours.Sum(id => end[id].Calls - start[id].Calls) / (double)connections);
        }
        finally
        {
            File.WriteAllText(Switch, before);
        }
    }

    // All there are, by id: the agent's are those that were not there before it.
    private static Dictionary<long, (long Nanoseconds, long Calls)> ProgramStatistics()
    {
        using var bpftool = Process.Start(new ProcessStartInfo("bpftool", "-j prog show") { RedirectStandardOutput = true })!;
        using var programs = JsonDocument.Parse(bpftool.StandardOutput.ReadToEnd());
        bpftool.WaitForExit();
        return programs.RootElement.EnumerateArray()
            .ToDictionary(program => program.GetProperty("id").GetInt64(), program => (Number(program, "run_time_ns"), Number(program, "run_cnt")));
    }

    // The kernel leaves out what is zero.
    private static long Number(JsonElement program, string field) => program.TryGetProperty(field, out var value) ? value.GetInt64() : 0;

    // The median of short slices, so that a burst of other work counts little; and the CPU time of both ends, which other work barely touches.
    private static Cost Measure(ConnectionLoad load, int connections)
    {
        var before = Environment.CpuUsage.TotalTime;
        var slices = Enumerable.Range(0, connections / Slice).Select(_ => load.Run(Slice)).ToList();
        return new(Median(slices), (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / (slices.Count * Slice));
    }

    // Made round by round, so that a drift of the machine between rounds does not count.
    private static void PrintRatios(string name, IEnumerable<double> ratios)
    {
        var all = ratios.ToList();
        Print(name, Median(all));
        Print($"{name}_lowest", all.Min());
        Print($"{name}_highest", all.Max());
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static void Print(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={value:0.###}"));

    // Microseconds for one connection.
    private readonly record struct Cost(double Wall, double Cpu);
}
