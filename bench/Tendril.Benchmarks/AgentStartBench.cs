using System.Diagnostics;
using System.Globalization;

namespace Tendril.Benchmarks;

/// <summary>How long the agent needs from its start until it says that it is attached: older connections found, rights given up. Needs root.</summary>
internal static class AgentStartBench
{
    public static int Run(string[] args)
    {
        string agent = BenchOptions.Get(args, "--agent", "artifacts/agent/tendril-agent");
        int starts = int.Parse(BenchOptions.Get(args, "--starts", "21"), CultureInfo.InvariantCulture);
        var times = new List<double>();
        for (int i = 0; i < starts; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            using var child = Child.StartAgent(agent, "--operator", $"http://{BenchPorts.Grpc}");
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"agent_start_ms={times[times.Count / 2]:0} agent_start_lowest_ms={times[0]:0} agent_start_highest_ms={times[^1]:0}"));
        return 0;
    }
}
