using System.Globalization;

namespace Tendril.Benchmarks;

/// <summary>
/// What the agent itself costs at rising connection rates over the same 50 dependencies: user and system CPU and resident memory,
/// streaming to a real operator. Needs root.
/// </summary>
internal static class AgentCostBench
{
    private const int Dependencies = 50;
    private static readonly int[] Rates = [1_000, 10_000, 20_000];

    public static int Run(string[] args)
    {
        string agentPath = BenchOptions.Get(args, "--agent", "artifacts/agent/tendril-agent");
        string operatorPath = BenchOptions.Get(args, "--operator", "artifacts/operator/tendril-operator");
        var duration = TimeSpan.FromSeconds(double.Parse(BenchOptions.Get(args, "--seconds", "20"), CultureInfo.InvariantCulture));
        using var server = Child.StartOperator(operatorPath, "--http", BenchPorts.Http, "--grpc", BenchPorts.Grpc);
        using var load = new ConnectionLoad(Dependencies);
        using var agent = Child.StartAgent(agentPath, "--operator", $"http://{BenchPorts.Grpc}");
        load.RunAtRate(1000, TimeSpan.FromSeconds(5));
        double memory = 0;
        foreach (int rate in Rates)
        {
            var before = agent.CpuTime();
            double reached = load.RunAtRate(rate, duration);
            var after = agent.CpuTime();
            memory = Math.Max(memory, agent.ResidentMib());
            double user = 100 * (after.User - before.User) / duration, system = 100 * (after.System - before.System) / duration;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"agent_rate_{rate / 1000}k={reached:0} agent_cpu_{rate / 1000}k={user:0.##} agent_system_cpu_{rate / 1000}k={system:0.##}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"agent_rss_mb={memory:0.#}"));
        return 0;
    }
}
