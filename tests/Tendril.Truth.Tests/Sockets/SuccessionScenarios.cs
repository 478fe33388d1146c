using System.Globalization;
using Tendril.EndToEnd.Tests.Harness;
using Tendril.Truth.Tests.Accuracy;

namespace Tendril.Truth.Tests.Sockets;

/// <summary>A port, or a pid, that belongs to one program first and then to another.</summary>
public sealed class SuccessionScenarios : Scenario
{
    private const string EarlyAndLate = """
        early -> former:7000 tcp/7000 opened=3 failed=0 closed=3
        late -> later:7000 tcp/7000 opened=5 failed=0 closed=5
        """;

    private const string ToBoth = """
        client -> former:7000 tcp/7000 opened=3 failed=0 closed=3
        client -> later:7000 tcp/7000 opened=5 failed=0 closed=5
        """;

    /// <summary>By then the agent has read its counters.</summary>
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(1.5);

    // Never the same for two scenarios that run at once.
    private static int _numbersTried;

    [Fact]
    public async Task Port_that_changes_hands()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await DialAsync("early", "127.0.0.1:7000 --times 3", within);
        await SeenAsync("early -> former:7000 tcp/7000 opened=3 closed=3");
        await EndAsync(former, "former:7000");
        await ServeAsync("later", "127.0.0.1:7000", within);
        await DialAsync("late", "127.0.0.1:7000 --times 5", within);
        await IsAsync(EarlyAndLate);
    }

    [Fact]
    public async Task Port_that_changes_hands_at_once()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await DialAsync("early", "127.0.0.1:7000 --times 3", within);
        await SeenAsync("early -> former:7000 tcp/7000 opened=3 closed=3");
        await HandOverAsync(former, within);
        await IsAsync(EarlyAndLate.Replace("=3", "=6", StringComparison.Ordinal));
    }

    // Nobody saw the former owner before it was gone.
    [Fact]
    public async Task Port_that_changes_hands_before_anybody_looked()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await HandOverAsync(former, within);
        await IsAsync(EarlyAndLate);
    }

    // The agent has no turn on a machine that is fully at work, and reads all of it at once.
    [Fact]
    public async Task Port_that_changes_hands_while_the_agent_waits_for_its_turn()
    {
        var @operator = await StartOperatorAsync();
        var agent = await WatchAsync(@operator);
        var within = await AddNamespaceAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await ListensAsync(@operator, "former:7000");
        agent.Process.Signal(Signals.Stop);
        await HandOverAsync(former, within);
        agent.Process.Signal(Signals.Continue);
        await IsAsync(EarlyAndLate);
    }

    // It came and went while the agent had no turn: what is left is what the kernel calls it, and its port.
    [Fact]
    public async Task Port_of_a_program_that_nobody_saw()
    {
        var @operator = await StartOperatorAsync();
        var agent = await WatchAsync(@operator);
        var within = await AddNamespaceAsync();
        agent.Process.Signal(Signals.Stop);
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await HandOverAsync(former, within);
        agent.Process.Signal(Signals.Continue);
        await IsAsync(EarlyAndLate.Replace("former", "python3", StringComparison.Ordinal));
    }

    // Of the former owner nothing is left to tell but what it counted.
    [Fact]
    public async Task Port_that_changes_hands_before_there_is_an_operator()
    {
        var @operator = await StartOperatorAsync();
        await @operator.Process.DisposeAsync();
        await StartAgentAtDefaultPaceAsync(Cgroup, @operator.AgentAddress, []);
        var within = await AddNamespaceAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await DialAsync("early", "127.0.0.1:7000 --times 3", within);
        await Task.Delay(Reading, TestContext.Current.CancellationToken);
        await former.DisposeAsync();
        await ServeAsync("later", "127.0.0.1:7000", within);
        await DialAsync("late", "127.0.0.1:7000 --times 5", within);
        await Task.Delay(Reading, TestContext.Current.CancellationToken);
        await @operator.RestartAsync();
        Follow(@operator);
        await IsAsync(EarlyAndLate);
    }

    [Fact]
    public async Task Client_that_calls_both_owners_of_a_port()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --times 3", within);
        await SeenAsync("client -> former:7000 tcp/7000 opened=3 closed=3");
        await former.DisposeAsync();
        await ServeAsync("later", "127.0.0.1:7000", within);
        await DialAsync("client", "127.0.0.1:7000 --times 5", within);
        await IsAsync(ToBoth);
    }

    // One process, so that not even its pid tells the two apart.
    [Fact]
    public async Task Pool_that_reconnects_to_the_next_owner_of_a_port()
    {
        var within = await BeginAsync();
        var former = await ServeAsync("former", "127.0.0.1:7000", within);
        var client = StartClient("client", [.. Python("client", "dial.py"), "127.0.0.1:7000", "--times", "3", "--rounds", "2"], within);
        await client.LineAsync("round 1");
        await SeenAsync("client -> former:7000 tcp/7000 opened=3 closed=3");
        await former.DisposeAsync();
        await ServeAsync("later", "127.0.0.1:7000", within);
        client.WriteLine();
        await client.LineAsync("connected ");
        await IsAsync(ToBoth.Replace("=5", "=3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pids_that_are_used_again()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        var (client, clientPid) = await StartWithFarPidAsync("client", Dial("client", "127.0.0.1:7000 --times 3"), "connected ", within);
        var (former, formerPid) = await StartWithFarPidAsync("former", [.. Python("former", "serve.py"), "127.0.0.1:7001"], "listening ", within);
        await DialAsync("caller", "127.0.0.1:7001", within);
        await SeenAsync("client -> server:7000 tcp/7000 opened=3 closed=3");
        await SeenAsync("caller -> former:7001 tcp/7001 opened=1 closed=1");
        await EndAsync(client, "client");
        await EndAsync(former, "former:7001");

        await DialWithPidAsync(formerPid, "second", "127.0.0.1:7000 --times 5", within);
        await DialWithPidAsync(clientPid, "third", "127.0.0.1:7000 --times 7", within);

        await IsAsync("""
            caller -> former:7001 tcp/7001 opened=1 failed=0 closed=1
            client -> server:7000 tcp/7000 opened=3 failed=0 closed=3
            second -> server:7000 tcp/7000 opened=5 failed=0 closed=5
            third -> server:7000 tcp/7000 opened=7 failed=0 closed=7
            """);
    }

    [Fact]
    public async Task Pid_that_is_used_again_at_once()
    {
        var within = await BeginAsync();
        await ServeAsync("server", "127.0.0.1:7000", within);
        var (client, pid) = await StartWithFarPidAsync("client", Dial("client", "127.0.0.1:7000 --times 3"), "connected ", within);
        await SeenAsync("client -> server:7000 tcp/7000 opened=3 closed=3");
        await client.DisposeAsync();
        await DialWithPidAsync(pid, "second", "127.0.0.1:7000 --times 5", within);
        await IsAsync("""
            client -> server:7000 tcp/7000 opened=3 failed=0 closed=3
            second -> server:7000 tcp/7000 opened=5 failed=0 closed=5
            """);
    }

    /// <summary>What <see cref="EarlyAndLate"/> says, without a pause.</summary>
    private async Task HandOverAsync(RunningProcess former, NetworkNamespace within)
    {
        await DialAsync("early", "127.0.0.1:7000 --times 3", within);
        await former.DisposeAsync();
        await ServeAsync("later", "127.0.0.1:7000", within);
        await DialAsync("late", "127.0.0.1:7000 --times 5", within);
    }

    private static Task ListensAsync(OperatorProcess @operator, string name) => Wait.UntilAsync(
        async () => (await @operator.GraphAsync()).Nodes.Any(node => (string)node["name"]! == name), () => $"{name} to be known");

    /// <summary>Starts a program with a pid that the kernel gives to nobody else for long: it is half of all numbers ahead.</summary>
    private async Task<(RunningProcess Process, int Pid)> StartWithFarPidAsync(string name, IReadOnlyList<string> command, string sign, NetworkNamespace within)
    {
        const int Lowest = 1000;
        var numbers = ReadNumber("pid_max") - Lowest;
        var middle = ReadNumber("ns_last_pid") + (numbers / 2);
        for (var tries = 0; tries < 50; tries++)
        {
            var pid = Lowest + ((middle + Interlocked.Increment(ref _numbersTried)) % numbers);
            if (await StartWithPidAsync(pid, name, command, sign, within) is { } started)
            {
                return (started, pid);
            }
        }

        Assert.Fail("every pid that was tried is taken");
        throw new InvalidOperationException();
    }

    // Somebody may have the number for a moment, if numbers have come around: then the next try has it.
    private Task DialWithPidAsync(int pid, string name, string arguments, NetworkNamespace within) => Wait.UntilAsync(
        async () => await StartWithPidAsync(pid, name, Dial(name, arguments), "connected ", within) is not null, () => $"pid {pid} to be free again");

    /// <returns>Null when the number is somebody's.</returns>
    private async Task<RunningProcess?> StartWithPidAsync(int pid, string name, IReadOnlyList<string> command, string sign, NetworkNamespace within)
    {
        const int Taken = 3;
        var started = StartClient(name, [.. Python("with-pid", "with_pid.py"), $"{pid}", .. command], within);
        await Wait.UntilAsync(() => started.HasEnded || started.Output.Contains(sign, StringComparison.Ordinal), () => $"'{sign}' from {started.Title}, which printed:\n{started.Output}");
        Assert.True(!started.HasEnded || started.ExitCode == Taken, $"{started.Title} ended:\n{started.Output}");
        return started.HasEnded ? null : started;
    }

    private IReadOnlyList<string> Dial(string name, string arguments) => [.. Python(name, "dial.py"), .. arguments.Split(' ')];

    private static int ReadNumber(string setting) => int.Parse(File.ReadAllText("/proc/sys/kernel/" + setting), CultureInfo.InvariantCulture);
}
