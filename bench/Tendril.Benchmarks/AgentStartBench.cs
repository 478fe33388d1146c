using System.Diagnostics;
using System.Globalization;

namespace Tendril.Benchmarks;

/// <summary>How long the agent needs until it counts, by itself, and until it is ready: older connections found, rights given up. Needs root.</summary>
internal static class AgentStartBench
{
    public static int Run(string[] args)
    {
        string agent = BenchOptions.Get(args, "--agent", "artifacts/agent/tendril-agent");
        int starts = int.Parse(BenchOptions.Get(args, "--starts", "21"), CultureInfo.InvariantCulture);
        var (attached, ready) = (new List<double>(), new List<double>());
        for (int i = 0; i < starts; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            using var child = Child.StartAgent(agent, "--operator", $"http://{BenchPorts.Grpc}");
            ready.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            attached.Add(double.Parse(child.ReadyLine.Split("counting since ")[1].Split(' ')[0], CultureInfo.InvariantCulture));
        }

        attached.Sort();
        ready.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"agent_attached_ms={attached[starts / 2]:0} agent_attached_highest_ms={attached[^1]:0} agent_ready_ms={ready[starts / 2]:0} agent_ready_highest_ms={ready[^1]:0}"));
        return 0;
    }
}
