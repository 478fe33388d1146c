using System.Diagnostics;
using System.Globalization;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Faults;

/// <summary>
/// Kills agent and operator under load and compares the whole graph with what the load counted itself. The truth is what was made while an agent was
/// attached, less what a killed agent had counted and not yet told: how much that may be is bounded by when the last report was due.
/// </summary>
internal sealed class Chaos(TestCgroup cgroup, OperatorProcess @operator, bool operatorRemembers, Load load, int seed, Action<string> say)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(5);

    /// <summary>What was counted so long before its kill an agent has told: a reading each second, and what a busy machine takes.</summary>
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(3);

    /// <summary>The same of bytes on connections that stay open, which are read every two seconds.</summary>
    private static readonly TimeSpan BytesToldWithin = TimeSpan.FromSeconds(6);

    /// <summary>What an operator that remembers was told so long before its kill it has saved.</summary>
    private static readonly TimeSpan SavedWithin = TimeSpan.FromSeconds(4);

    private readonly Random _random = new(seed);
    private readonly List<(long At, Figures[] Figures)> _samples = [];
    private RunningProcess? _agent;

    // What the operator shows is the first plus what the load counted since the second.
    private Figures[] _basis = [];
    private Figures[] _since = [];
    private DateTimeOffset _attached;

    public int Kills { get; private set; }

    public int WrongCounters { get; private set; }

    public int MissingEdges { get; private set; }

    /// <summary>Connections that no agent told of: made while none was attached, or counted by one in the last second before it was killed.</summary>
    public long Unseen { get; private set; }

    public List<TimeSpan> Recoveries { get; } = [];

    public async Task RunAsync(int kills)
    {
        await StartAgentAsync();
        _basis = new Figures[load.Edges.Count];
        await UnderLoadAsync(1000, 2000);
        await CheckAsync("before the first kill");
        while (Kills < kills)
        {
            await UnderLoadAsync(200, 2500);
            var fault = Pick(kills - Kills);
            await fault.Inject();
            var back = Stopwatch.GetTimestamp();
            await UnderLoadAsync(200, 1000);
            await CheckAsync(fault.Name);
            Recoveries.Add(Stopwatch.GetElapsedTime(back));
            if (_random.Next(5) == 0)
            {
                await load.RenewAsync();
                await CheckAsync("after long connections were renewed");
            }
        }

        await _agent!.DisposeAsync();
    }

    private (string Name, Func<Task> Inject) Pick(int left) => _random.Next(left > 1 ? 10 : 7) switch
    {
        < 2 => ("agent killed", () => LoseAgentAsync(duringStart: false)),
        < 4 => ("agent killed and started at once", ReplaceAgentAsync),
        < 7 => ("operator killed", () => LoseOperatorAsync(duringStart: false)),
        7 => ("agent killed, and its successor while it started", () => LoseAgentAsync(duringStart: true)),
        8 => ("operator killed, and again while it started", () => LoseOperatorAsync(duringStart: true)),
        _ => ("both killed at once", LoseBothAsync),
    };

    private async Task LoseAgentAsync(bool duringStart)
    {
        var killed = await KillAgentAsync();
        if (duringStart)
        {
            _agent = RunAgent();
            await Task.Delay(_random.Next(300));
            await KillAgentAsync();
        }

        var most = load.Read();
        var frozen = await FrozenAsync();
        CheckBounds(frozen, killed, most);
        await StartAgentAsync();
        ContinueFrom(frozen);
    }

    // As a supervisor does: the operator may still hold the killed agent's stream.
    private async Task ReplaceAgentAsync()
    {
        var killed = await KillAgentAsync();
        var most = load.Read();
        await StartAgentAsync();
        await UnderLoadAsync(200, 800);
        await load.PauseAsync();
        await Task.Delay(3500);
        var (graph, log) = (await EdgesAsync(), load.Read());
        Figures[] before = [.. load.Edges.Select((edge, at) => graph.GetValueOrDefault(edge).Figures - (log[at] - _since[at]))];
        CheckBounds(before, killed, most);
        ContinueFrom(before);
    }

    private async Task LoseOperatorAsync(bool duringStart)
    {
        await SavedAsync();
        await KillOperatorAsync();
        if (duringStart)
        {
            await @operator.RestartAsync();
            await Task.Delay(_random.Next(400));
            await KillOperatorAsync();
        }

        await @operator.RestartAsync();
        ForgetTotals();
    }

    private async Task LoseBothAsync()
    {
        await SavedAsync();
        var killed = KillAgentAsync(operatorRemembers ? SavedWithin : default);
        await Task.WhenAll(killed, KillOperatorAsync());
        if (operatorRemembers)
        {
            var most = load.Read();
            await @operator.RestartAsync();
            var told = await FrozenAsync();
            CheckBounds(told, await killed, most);
            await StartAgentAsync();
            ContinueFrom(told);
        }
        else if (_random.Next(2) == 0)
        {
            await @operator.RestartAsync();
            await StartAgentAsync();
        }
        else
        {
            await StartAgentAsync();
            await @operator.RestartAsync();
        }

        ForgetTotals();
    }

    // An operator without a memory knows what the present run of the agent tells: what it found open, and what it counted since.
    private void ForgetTotals()
    {
        if (!operatorRemembers)
        {
            _basis = [.. _since.Select(figures => new Figures(figures.Open, 0, 0, 0, 0))];
        }
    }

    // What a killed agent left open and its successor did not find has ended: all but the long connections.
    private void ContinueFrom(Figures[] told) => _basis = [.. told.Select((figures, edge) => figures with { Closed = figures.Opened - _since[edge].Open })];

    // What former runs told is saved: a kill loses what came after the last save, and they do not tell it again.
    private async Task SavedAsync()
    {
        const string Saved = "tendril_memory_saved_timestamp_seconds ";
        if (operatorRemembers)
        {
            await Wait.UntilAsync(
                async () => (await @operator.GetAsync("/metrics")).Split('\n').Single(line => line.StartsWith(Saved, StringComparison.Ordinal)) is var line
                    && double.Parse(line[Saved.Length..], CultureInfo.InvariantCulture) > _attached.AddSeconds(1).ToUnixTimeMilliseconds() / 1000.0,
                () => "the operator to save what the former agent told");
        }
    }

    private async Task<Killed> KillAgentAsync(TimeSpan savedWithin = default)
    {
        var at = Stopwatch.GetTimestamp();
        _agent!.Signal(Signals.Kill);
        Kills++;
        await _agent.EndAsync();
        return new Killed(_since, At(at, ToldWithin + savedWithin), At(at, BytesToldWithin + savedWithin));
    }

    private async Task KillOperatorAsync()
    {
        @operator.Process.Signal(Signals.Kill);
        Kills++;
        await @operator.Process.EndAsync();
        await Task.Delay(_random.Next(1200));
    }

    private RunningProcess RunAgent() => AgentProcess.Run(
        ["--cgroup", cgroup.Name, "--operator", @operator.AgentAddress.ToString(), "--snapshot-interval", "2s"]);

    // The load rests while the agent attaches, so that it is known which connections were made before and which after.
    private async Task StartAgentAsync()
    {
        await load.PauseAsync();
        _agent = RunAgent();
        await _agent.LineAsync("attached to ", anywhere: true);
        (_since, _attached) = (load.Read(), TimeProvider.System.GetUtcNow());
        _samples.Clear();
    }

    private async Task UnderLoadAsync(int atLeast, int atMost)
    {
        load.Resume();
        var begun = Stopwatch.GetTimestamp();
        var duration = TimeSpan.FromMilliseconds(_random.Next(atLeast, atMost));
        while (Stopwatch.GetElapsedTime(begun) is var elapsed && elapsed < duration)
        {
            _samples.Add((Stopwatch.GetTimestamp(), load.Read()));
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(100, (duration - elapsed).TotalMilliseconds)));
        }
    }

    // What the load had counted then; what it had when the agent was attached, if that is later.
    private Figures[] At(long moment, TimeSpan before) =>
        _samples.LastOrDefault(sample => Stopwatch.GetElapsedTime(sample.At, moment) >= before).Figures ?? _since;

    // All that the killed agent had told is in the graph, which no longer changes.
    private async Task<Figures[]> FrozenAsync()
    {
        IReadOnlyDictionary<string, (Figures, long)> former = new Dictionary<string, (Figures, long)>();
        var same = 0;
        await Wait.UntilAsync(
            async () =>
            {
                var graph = await @operator.GraphAsync();
                var edges = Figures.Of(graph);
                same = !graph.HasConnectedAgent && edges.OrderBy(Key).SequenceEqual(former.OrderBy(Key)) ? same + 1 : 0;
                former = edges;
                return same >= 16;
            },
            () => "the graph to come to rest after the agent was killed");
        return [.. load.Edges.Select(edge => former.GetValueOrDefault(edge).Item1)];

        static string Key(KeyValuePair<string, (Figures, long)> edge) => edge.Key;
    }

    // A connection counts before its service knows that it is made: some may be ahead.
    private void CheckBounds(Figures[] told, Killed killed, Figures[] log)
    {
        const int Ahead = 3, BytesAhead = 2048;
        for (var edge = 0; edge < told.Length; edge++)
        {
            var at = _basis[edge] - killed.Since[edge];
            var (actual, least, bytes, most) = (told[edge], at + killed.Least[edge], at + killed.LeastBytes[edge], at + log[edge]);
            var wrong = Outside(actual.Opened, least.Opened, most.Opened + Ahead) + Outside(actual.Failed, least.Failed, most.Failed + Ahead)
                + Outside(actual.Sent, bytes.Sent, most.Sent + BytesAhead) + Outside(actual.Received, bytes.Received, most.Received + BytesAhead);
            Unseen += Math.Max(0, most.Opened - actual.Opened);
            WrongCounters += wrong;
            if (wrong > 0)
            {
                say($"WRONG after kill {Kills}: {load.Edges[edge]} has {actual}; at least {least} (bytes {bytes}) and at most {most} are due");
            }
        }

        static int Outside(long value, long least, long most) => value < least || value > most ? 1 : 0;
    }

    private async Task CheckAsync(string after)
    {
        await load.PauseAsync();
        var log = load.Read();
        var expected = load.Edges.Select((edge, at) => (Edge: edge, Figures: _basis[at] + (log[at] - _since[at]), Active: log[at].Open)).ToList();
        var begun = Stopwatch.GetTimestamp();
        var actual = await EdgesAsync();
        while (!IsRight() && Stopwatch.GetElapsedTime(begun) < Within)
        {
            await Task.Delay(100);
            actual = await EdgesAsync();
        }

        if (!IsRight())
        {
            await TellAsync();
        }

        say(string.Create(CultureInfo.InvariantCulture, $"kill {Kills}: {after}; {expected.Sum(edge => edge.Figures.Opened)} connections on {actual.Count} dependencies compared after {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0} ms"));

        bool IsRight() => actual.Keys.All(load.Edges.Contains) && expected.All(edge => IsUnknown(edge.Figures) ? !actual.ContainsKey(edge.Edge) : actual.TryGetValue(edge.Edge, out var found) && found == (edge.Figures, edge.Active));

        async Task TellAsync()
        {
            foreach (var extra in actual.Keys.Except(load.Edges))
            {
                WrongCounters++;
                say($"WRONG after kill {Kills} ({after}): {extra} is too much, {actual[extra]}");
            }

            foreach (var (edge, figures, active) in expected)
            {
                var isThere = actual.TryGetValue(edge, out var found);
                var isMissing = !isThere && !IsUnknown(figures);
                MissingEdges += isMissing ? 1 : 0;
                var wrong = isThere ? figures.DifferencesTo(found.Figures) + (found.Active == active ? 0 : 1) : 0;
                WrongCounters += wrong;
                if (wrong > 0 || isMissing)
                {
                    say($"WRONG after kill {Kills} ({after}): {edge} has {(isThere ? found : "nothing")}, right is {figures}, active {active}");
                }
            }

            // So that one fault counts once: what comes late, or else what there is, is what to go on from.
            while (!IsRight() && Stopwatch.GetElapsedTime(begun) < Wait.Bound)
            {
                await Task.Delay(100);
                actual = await EdgesAsync();
            }

            _basis = [.. expected.Select((edge, at) => _basis[at] + (actual.GetValueOrDefault(edge.Edge).Figures - edge.Figures))];
        }

        static bool IsUnknown(Figures figures) => figures == default;
    }

    private async Task<IReadOnlyDictionary<string, (Figures Figures, long Active)>> EdgesAsync() => Figures.Of(await @operator.GraphAsync());

    /// <summary>What the load had counted when a killed agent was attached, and what of it the agent had told for certain.</summary>
    private sealed record Killed(Figures[] Since, Figures[] Least, Figures[] LeastBytes);
}
