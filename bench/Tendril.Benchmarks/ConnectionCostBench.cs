using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tendril.Benchmarks;

/// <summary>
/// What tracing costs each connection: wall time untraced, with the agent, and with Debian's tcplife as a peer, interleaved in one
/// run, medians; and the time in the agent's own BPF programs by the kernel's statistics. Needs root.
/// </summary>
internal static class ConnectionCostBench
{
    public static int Run(string[] args)
    {
        string agent = BenchOptions.Get(args, "--agent", "artifacts/agent/tendril-agent");
        int rounds = int.Parse(BenchOptions.Get(args, "--rounds", "6"), CultureInfo.InvariantCulture);
        int connections = int.Parse(BenchOptions.Get(args, "--connections", "20000"), CultureInfo.InvariantCulture);
        bool peer = File.Exists("/usr/sbin/tcplife-bpfcc") || File.Exists("/usr/sbin/tcplife");
        var untraced = new List<double>();
        var traced = new List<double>();
        var tcplife = new List<double>();
        using var load = new ConnectionLoad(ports: 1);
        load.Run(connections);
        for (int round = 0; round < rounds; round++)
        {
            untraced.Add(load.Run(connections));
            using (Child.StartAgent(agent))
            {
                load.Run(1000);
                traced.Add(load.Run(connections));
            }

            if (peer)
            {
                using (Child.StartTcplife())
                {
                    load.Run(1000);
                    tcplife.Add(load.Run(connections));
                }
            }
        }

        double bpf = BpfTime(agent, load, connections);
        Print("untraced_us", Median(untraced));
        Print("traced_us", Median(traced));
        Print("bpf_us", bpf);
        Print("overhead_ratio", MedianRatio(traced, untraced));
        if (peer)
        {
            Print("tcplife_us", Median(tcplife));
            Print("tcplife_ratio", MedianRatio(tcplife, untraced));
        }

        return 0;
    }

    // In a run of its own: the statistics themselves cost about as much as the programs that return at once.
    private static double BpfTime(string agent, ConnectionLoad load, int connections)
    {
        const string Switch = "/proc/sys/kernel/bpf_stats_enabled";
        string before = File.ReadAllText(Switch);
        try
        {
            File.WriteAllText(Switch, "1");
            using var child = Child.StartAgent(agent);
            load.Run(1000);
            long start = ProgramNanoseconds();
            load.Run(connections);
            return (ProgramNanoseconds() - start) / 1000.0 / connections;
        }
        finally
        {
            File.WriteAllText(Switch, before);
        }
    }

    private static long ProgramNanoseconds()
    {
        using var bpftool = Process.Start(new ProcessStartInfo("bpftool", "-j prog show") { RedirectStandardOutput = true })!;
        using var programs = JsonDocument.Parse(bpftool.StandardOutput.ReadToEnd());
        bpftool.WaitForExit();
        return programs.RootElement.EnumerateArray()
            .Where(program => program.TryGetProperty("name", out var name) && name.GetString() is "cgroup_connect_tracker" or "cgroup_connect_" or "sockops_tracker")
            .Sum(program => program.TryGetProperty("run_time_ns", out var time) ? time.GetInt64() : 0);
    }

    // Pair by pair, so that a drift of the machine between rounds does not count.
    private static double MedianRatio(List<double> a, List<double> b) => Median(a.Zip(b, (x, y) => x / y));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static void Print(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={value:0.###}"));
}
