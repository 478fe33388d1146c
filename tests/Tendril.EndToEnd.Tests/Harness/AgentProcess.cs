namespace Tendril.EndToEnd.Tests.Harness;

/// <summary>A real agent.</summary>
internal sealed class AgentProcess : IAsyncDisposable
{
    /// <summary>Often, so that tests need not wait for long; what a scenario sets itself comes after and wins.</summary>
    private static readonly (string Flag, string Value)[] Pace =
        [("--counter-interval", "200ms"), ("--event-interval", "100ms"), ("--snapshot-interval", "1s")];

    private AgentProcess(RunningProcess process) => Process = process;

    public RunningProcess Process { get; }

    /// <summary>Starts it on a cgroup and waits until its hooks are attached and what existed before is taken in.</summary>
    public static Task<AgentProcess> StartAsync(TestCgroup cgroup, OperatorProcess @operator, params string[] arguments) =>
        AttachedAsync(Start([.. On(cgroup, @operator.AgentAddress), .. arguments]));

    /// <summary>The same at the pace of the agent's own defaults, under a command that changes its place if there is one.</summary>
    public static Task<AgentProcess> StartAtDefaultPaceAsync(
        TestCgroup cgroup, Uri @operator, IEnumerable<string> arguments, params string[] under) =>
        AttachedAsync(new AgentProcess(Run([.. On(cgroup, @operator), .. arguments], under)));

    /// <summary>The same with the native program that is shipped, under a command that changes its rights if there is one.</summary>
    public static async Task<AgentProcess> StartShippedAsync(TestCgroup cgroup, OperatorProcess @operator, params string[] under)
    {
        var agent = StartShipped(cgroup, @operator, under);
        try
        {
            return await AttachedAsync(agent);
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    /// <summary>Only starts it.</summary>
    public static AgentProcess StartShipped(TestCgroup cgroup, OperatorProcess @operator, params string[] under)
    {
        Requirements.ShippedAgent();
        string[] pace = [.. Pace.SelectMany(pace => (string[])[pace.Flag, pace.Value])];
        return new AgentProcess(RunningProcess.Start([.. under, Repository.ShippedAgent, .. On(cgroup, @operator.AgentAddress), .. pace]));
    }

    /// <summary>Starts it just so, under a command that changes its rights or place if there is one.</summary>
    public static AgentProcess Start(IEnumerable<string> arguments, params string[] under)
    {
        var given = arguments.ToList();
        foreach (var (flag, value) in Pace.Where(pace => !given.Contains(pace.Flag)))
        {
            given.AddRange([flag, value]);
        }

        return new AgentProcess(Run(given, under));
    }

    /// <summary>Starts it with these arguments and nothing else.</summary>
    public static RunningProcess Run(IEnumerable<string> arguments, params string[] under) => RunningProcess.Start([.. under, Repository.Agent, .. arguments]);

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    private static string[] On(TestCgroup cgroup, Uri @operator) => ["--cgroup", cgroup.Name, "--operator", @operator.ToString()];

    private static async Task<AgentProcess> AttachedAsync(AgentProcess agent)
    {
        await agent.Process.LineAsync("attached to ", anywhere: true);
        return agent;
    }
}
