using System.Diagnostics;
using System.Globalization;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.Truth.Tests.Accuracy;

/// <summary>
/// Real programs whose graph is known beforehand, in a cgroup of their own, before an agent and an operator as they are shipped: each
/// scenario starts them, makes its traffic and says what the graph should be.
/// </summary>
public abstract class Scenario : KernelTest
{
    /// <summary>How long the graph must stay right: two reports and more, at the pace of the agent's defaults.</summary>
    private static readonly TimeSpan Stay = TimeSpan.FromSeconds(2.5);

    /// <summary>Until it must be right; generous, as a scenario that works never waits that long.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    private readonly List<(string Client, RunningProcess Process)> _clients = [];
    private readonly Dictionary<(string Client, int Port), DateTime> _dialled = [];
    private GraphWatch? _watch;
    private DateTime _watchedFrom;
    private bool _isScored;

    // The display name is the namespace's four parts, the class, and what is wanted here.
    private static string Name => TestContext.Current.Test!.TestDisplayName.Split('.', 6)[^1].Replace('_', ' ');

    private string Section => GetType().Namespace!.Split('.')[^1];

    /// <summary>The operator and an agent at its default pace, on this scenario's cgroup.</summary>
    internal async Task<OperatorProcess> WatchAsync(params string[] agentArguments)
    {
        var @operator = await StartOperatorAsync();
        await WatchAsync(@operator, agentArguments);
        return @operator;
    }

    /// <summary>An agent for an operator that runs already; what was there before belongs to the scenario.</summary>
    internal async Task<AgentProcess> WatchAsync(OperatorProcess @operator, params string[] agentArguments)
    {
        _watchedFrom = TimeProvider.System.GetUtcNow().UtcDateTime;
        var agent = await StartAgentAtDefaultPaceAsync(Cgroup, @operator.AgentAddress, agentArguments);
        Follow(@operator);
        return agent;
    }

    internal void Follow(OperatorProcess @operator)
    {
        _watchedFrom = _watchedFrom == default ? TimeProvider.System.GetUtcNow().UtcDateTime : _watchedFrom;
        _watch ??= Own(new GraphWatch(@operator));
    }

    /// <summary>A network namespace of this scenario alone, so that its ports, and with them the names of its servers, are always the same.</summary>
    internal async Task<NetworkNamespace> BeginAsync(params string[] agentArguments)
    {
        await WatchAsync(agentArguments);
        return await AddNamespaceAsync();
    }

    /// <summary>A namespace that is watched, 10.9.0.1, and one that is not, 10.9.0.2 to 10.9.0.9.</summary>
    internal async Task<(NetworkNamespace Inside, NetworkNamespace Outside)> BeginWithOutsideAsync(params string[] agentArguments)
    {
        var inside = await BeginAsync(agentArguments);
        var outside = await AddNamespaceAsync(Own(TestCgroup.Create()));
        await Network.CableAsync((inside, "eth0", "10.9.0.1/24"), (outside, "eth0", "10.9.0.2/24"));
        for (var i = 3; i < 10; i++)
        {
            await outside.RunAsync("ip", "address", "add", $"10.9.0.{i}/24", "dev", "eth0");
        }

        return (inside, outside);
    }

    /// <summary>Runs Programs/dial.py under a name and waits for its verdict, "connected N failed N" or "holding N".</summary>
    internal async Task<RunningProcess> DialAsync(string name, string arguments, NetworkNamespace? within = null, params string[] under)
    {
        var client = StartClient(name, [.. under, .. Python(name, "dial.py"), .. arguments.Split(' ')], within);
        await client.LineAsync(arguments.Contains("--hold", StringComparison.Ordinal) ? "holding " : "connected ");
        return client;
    }

    /// <summary>Starts a client whose "dialling PORT MICROSECONDS" lines are taken for the time of its connects.</summary>
    internal RunningProcess StartClient(string name, IEnumerable<string> command, NetworkNamespace? within = null)
    {
        var client = StartInside(command, within);
        _clients.Add((name, client));
        return client;
    }

    /// <summary>Runs a client that cannot tell when it dials: the time just before it was started is taken for that.</summary>
    internal async Task<RunningProcess> RunClientAsync(string name, int port, IEnumerable<string> command, NetworkNamespace? within = null)
    {
        _dialled.TryAdd((name, port), TimeProvider.System.GetUtcNow().UtcDateTime);
        var client = StartInside(command, within);
        await client.EndAsync();
        Assert.True(client.ExitCode == 0, $"{client.Title} ended with {client.ExitCode}:\n{client.Output}");
        return client;
    }

    /// <summary>Starts Programs/serve.py under a name and waits until it listens.</summary>
    internal async Task<RunningProcess> ServeAsync(string name, string arguments, NetworkNamespace? within = null, params string[] under)
    {
        var server = StartInside([.. under, .. Python(name, "serve.py"), .. arguments.Split(' ')], within);
        await server.LineAsync("listening ");
        return server;
    }

    /// <summary>The command for one of Programs/ under a name of its own, which is then its node's.</summary>
    internal IReadOnlyList<string> Python(string name, string program)
    {
        Requirements.Program("python3", "python3");
        return ["/usr/bin/python3", ProgramFile(name, program)];
    }

    /// <summary>One of Programs/ under a name of its own.</summary>
    internal string ProgramFile(string name, string program)
    {
        var path = Path.Combine(Folder, name);
        if (!File.Exists(path))
        {
            File.CreateSymbolicLink(path, Repository.File("tests/Tendril.Truth.Tests/Programs/" + program));
        }

        return path;
    }

    /// <summary>Waits until the graph has this edge with these counters; one that never comes is for the comparison to tell.</summary>
    internal async Task SeenAsync(string edge)
    {
        var expected = ExpectedFact.ReadAll(edge).Single();
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Bound;)
        {
            if (ActualFact.ReadAll(await _watch!.NextAsync()).Any(actual => expected.IsNamedAs(actual) && expected.CountsAs(actual)))
            {
                return;
            }
        }
    }

    /// <summary>Ends a program and waits until the graph shows that none of its node's processes is left.</summary>
    internal async Task EndAsync(RunningProcess program, string name)
    {
        await program.DisposeAsync();
        await Wait.UntilAsync(
            async () => (await _watch!.NextAsync())["nodes"]!.AsArray().Where(node => (string)node!["name"]! == name)
                .All(node => node!["processes"]!.AsArray().All(process => !(bool)process!["alive"]!)),
            () => $"the end of {name}");
    }

    /// <summary>Compares the whole graph with what it should be, once it is right and stays so or the bound has passed.</summary>
    internal async Task IsAsync(string facts)
    {
        var expected = ExpectedFact.ReadAll(facts);
        var start = Stopwatch.GetTimestamp();
        long? rightSince = null;
        Score score;
        do
        {
            score = Score.Of(expected, await _watch!.NextAsync());
            rightSince = score.IsPerfect ? rightSince ?? Stopwatch.GetTimestamp() : null;
            if (rightSince is not null)
            {
                _watch.CalmDown();
            }
        }
        while (rightSince is null ? Stopwatch.GetElapsedTime(start) < Bound : Stopwatch.GetElapsedTime(rightSince.Value) < Stay);

        var visible = expected.Select(VisibleAfter).OfType<double>().ToList();
        AccuracyReport.Add(new(Section, Name, score.Expected, score.Found, score.Missing, score.Wrong, score.Misnamed, visible, score.Differences));
        _isScored = true;
        Assert.True(score.IsPerfect, "The graph is not as it should be.\n" + string.Join('\n', score.Differences));
    }

    /// <inheritdoc/>
    protected override void Ending()
    {
        // A scenario that never came to its end is a row too, and no right one; one that is skipped is none.
        if (!_isScored && TestContext.Current.TestState is { Result: TestResult.Failed } state)
        {
            AccuracyReport.Add(new(Section, Name, 1, 0, 1, 0, 0, [], ["it did not run: " + state.ExceptionMessages?.FirstOrDefault()]));
        }
    }

    // From just before connect(), or the start of the agent where that was later; for one that failed from when it did, unless the attempt was visible before.
    private double? VisibleAfter(ExpectedFact edge)
    {
        if (!edge.IsEdge || _watch!.FirstSeen(edge) is not { } seen)
        {
            return null;
        }

        // The port that the client knows of may be another than the server's.
        var port = int.Parse(edge.Figures.GetValueOrDefault("dialled")?.Split(':')[^1] ?? edge.Wire.Split('/')[1], CultureInfo.InvariantCulture);
        var dialled = Times(edge.Client, "dialling", port).ToList();
        if (_dialled.TryGetValue((edge.Client, port), out var started))
        {
            dialled.Add(started);
        }

        var failed = edge.Figures.GetValueOrDefault("opened") == "0" ? Times(edge.Client, "failed", port).ToList() : [];
        var times = failed.Count > 0 && failed.Min() <= seen ? failed : dialled;
        return times.Count == 0 ? null : (seen - (times.Min() > _watchedFrom ? times.Min() : _watchedFrom)).TotalMilliseconds;
    }

    private IEnumerable<DateTime> Times(string client, string word, int port) =>
        _clients.Where(each => each.Client == client).SelectMany(each => each.Process.Output.Split('\n')).Select(line => line.Split(' '))
            .Where(words => words.Length == 3 && words[0] == word && words[1] == port.ToString(CultureInfo.InvariantCulture))
            .Select(words => DateTime.UnixEpoch.AddMicroseconds(long.Parse(words[2], CultureInfo.InvariantCulture)));
}
