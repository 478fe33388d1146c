using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tendril.Benchmarks;

/// <summary>
/// As many connections a second as are asked for, or as the machine makes, on the real kernel for a while: afterwards every counter of every
/// dependency must be what was done. Needs root.
/// </summary>
internal static class ExactBench
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    public static int Run(string[] args)
    {
        int rate = Number(args, "--rate", 20_000), threads = Number(args, "--threads", 2), dependencies = Number(args, "--dependencies", 50);
        var duration = TimeSpan.FromSeconds(Number(args, "--seconds", 60));
        bool isSilent = BenchOptions.Get(args, "--payload", "64") == "0";
        using var server = Child.StartOperator(BenchOptions.Get(args, "--operator", "artifacts/operator/tendril-operator"), "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0");
        string http = Address(server, "  dashboard "), grpc = "http://" + Address(server, "  agents ");
        using var cgroup = new BenchCgroup("exact");
        using var agent = Child.StartAgent(BenchOptions.Get(args, "--agent", "artifacts/agent/tendril-agent"), "--cgroup", cgroup.Name, "--operator", grpc);
        cgroup.Enter();
        var loads = Enumerable.Range(0, threads).Select(_ => new ConnectionLoad(dependencies / threads, isSilent)).ToList();
        var (agentRss, operatorRss) = (agent.ResidentMib(), server.ResidentMib());
        var cpu = agent.CpuTime();
        double reached = RunAll(loads, rate / (double)threads, duration);
        var cpuAfter = agent.CpuTime();
        var expected = loads.SelectMany(load => load.Made).ToDictionary(made => made.Port, made => made.Made);
        var result = Wait(http, expected);
        double core = 100 * (cpuAfter.User + cpuAfter.System - cpu.User - cpu.System) / duration;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"exact_rate={reached:0} exact_connections={expected.Values.Sum()} exact_counted={result.Counted} exact_wrong_edges={result.WrongEdges} exact_after_s={result.Seconds:0.0} exact_uncounted={result.Overflows}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"exact_flow_events_left_out={result.Suppressed} exact_flow_events_lost={result.Lost} agent_cpu={core:0.##} agent_rss_mb_before={agentRss:0.0} agent_rss_mb={agent.ResidentMib():0.0} operator_rss_mb_before={operatorRss:0} operator_rss_mb={server.ResidentMib():0}"));
        loads.ForEach(load => load.Dispose());
        return result.WrongEdges == 0 ? 0 : 1;
    }

    private static double RunAll(List<ConnectionLoad> loads, double rate, TimeSpan duration)
    {
        var reached = new double[loads.Count];
        var threads = loads.Select((load, i) => new Thread(() => reached[i] = load.RunAtRate((int)rate, duration))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return reached.Sum();
    }

    /// <summary>Looks until all is exact; what it is then, or when there was no more time.</summary>
    private static Found Wait(string http, Dictionary<int, long> expected)
    {
        using var client = new HttpClient();
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            // We are watched as we look, too.
            using var graph = JsonDocument.Parse(client.GetStringAsync(new Uri(http + "api/dependency-graph")).GetAwaiter().GetResult());
            double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var found = Found.In(graph.RootElement, expected, new Uri(http).Port, seconds);
            if (found.WrongEdges == 0 || seconds > Within.TotalSeconds)
            {
                return found;
            }

            Thread.Sleep(200);
        }
    }

    //   dashboard  http://127.0.0.1:8080/   (REST API: http://127.0.0.1:8080/docs)
    private static string Address(Child server, string beginning) => server.Said(beginning).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

    private static int Number(string[] args, string name, int otherwise) =>
        int.Parse(BenchOptions.Get(args, name, otherwise.ToString(CultureInfo.InvariantCulture)), CultureInfo.InvariantCulture);

    private sealed record Found(double Seconds, long Counted, int WrongEdges, long Overflows, long Suppressed, long Lost)
    {
        public static Found In(JsonElement graph, Dictionary<int, long> expected, int besides, double seconds)
        {
            var edges = graph.GetProperty("edges").EnumerateArray().ToLookup(edge => edge.GetProperty("port").GetInt32());
            long counted = 0;
            int wrong = edges.Count(port => port.Key != besides && !expected.ContainsKey(port.Key));
            foreach (var (port, made) in expected)
            {
                // One edge, which both ends reported, and every connection on it has ended.
                var of = edges[port].ToList();
                counted += of.Sum(edge => edge.GetProperty("connectionsOpened").GetInt64());
                wrong += of.Count == 1 && of[0].GetProperty("connectionsOpened").GetInt64() == made && of[0].GetProperty("connectionsClosed").GetInt64() == made
                    && of[0].GetProperty("connectionsFailed").GetInt64() == 0 && of[0].GetProperty("connectionsActive").GetInt64() == 0 ? 0 : 1;
            }

            var stats = graph.GetProperty("stats");
            return new(
                seconds, counted, wrong, stats.GetProperty("counterOverflows").GetInt64(), stats.GetProperty("suppressedFlowEvents").GetInt64(),
                stats.GetProperty("lostFlowEvents").GetInt64());
        }
    }
}
