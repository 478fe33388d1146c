using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Tendril.Agent.Export;
using Tendril.Protocol;

namespace Tendril.Agent.Tests.Export;

public sealed class OperatorStreamTests
{
    private readonly TestReports _reports = new();
    private readonly FlowEventQueue _events = new();
    private readonly LogSink<OperatorStream> _log = new();

    [Fact]
    public async Task Says_hello_then_sends_everything_then_what_changes()
    {
        await using var server = await FakeOperator.StartAsync(create: port => FakeOperator.Create(port, budget: 5000));
        await using var running = Run(server.Port);
        await Until(() => server.Reports.Count() >= 4);

        Assert.Equal("box", server.Received.First().Hello.Hostname);
        Assert.Equal((1u, 7ul), (server.Received.First().Hello.ProtocolVersion, server.Received.First().Hello.AgentStartUs));
        AssertFull(server.Reports.Take(4), firstSequence: 1);
        Assert.InRange(server.Reports.First().TimeUs, 1_700_000_000_000_000ul, 10_000_000_000_000_000ul);

        _reports.Change(50);
        _reports.Change(51);
        await Until(() => server.Reports.Count() >= 6);
        Assert.Equal([(5ul, 50u), (6ul, 51u)], server.Reports.Skip(4).Take(2).Select(r => (r.Sequence, r.Processes.Single().Number)));
        await Until(() => _reports.LastAcknowledged >= 6);
        Assert.Contains(5000u, _reports.Budgets);
        Assert.Equal(1, _log.Count("connected to the operator"));
        Assert.True(running.Stream.IsConnected);
    }

    [Fact]
    public async Task An_operator_of_a_later_release_is_understood_as_far_as_it_is_known()
    {
        await using var server = await FakeOperator.StartAsync(create: port => FakeOperator.Create(port, budget: 5000, later: true));
        await using var running = Run(server.Port);
        await Until(() => server.Reports.Count() >= 4);
        _reports.Change(50);
        await Until(() => _reports.LastAcknowledged >= 5);
        Assert.Contains(5000u, _reports.Budgets);
        Assert.True(running.Stream.IsConnected);
        Assert.Equal(1, server.Calls);
    }

    [Fact]
    public async Task After_the_operator_died_and_came_back_everything_is_sent_again()
    {
        var first = await FakeOperator.StartAsync();
        await using var running = Run(first.Port);
        await Until(() => first.Reports.Count() >= 4);
        await first.DisposeAsync();
        await Until(() => _log.Count("is not answering; counting goes on; retrying") > 0);

        _reports.Change(60);
        await using var second = await FakeOperator.StartAsync(first.Port);
        await Until(() => second.Reports.Count() >= 5);
        Assert.NotNull(second.Received.First().Hello);
        AssertFull(second.Reports.Take(4), second.Reports.First().Sequence);
        Assert.True(second.Reports.First().Sequence > 4);
        Assert.Equal(60u, second.Reports.ElementAt(4).Processes.Single().Number);
        Assert.Equal((1, 2), (_log.Count("is not answering"), _log.Count("connected to the operator")));
        Assert.Contains(null, _reports.Budgets);
    }

    [Fact]
    public async Task While_nobody_answers_it_says_so_once_and_goes_on_trying()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        await using var running = Run(port);
        await Until(() => running.Tries >= 5);
        Assert.Equal(1, _log.Count($"operator at http://127.0.0.1:{port}/ is not answering; counting goes on; retrying"));
        Assert.Equal(0, _reports.FullTaken);
        Assert.False(running.Stream.IsConnected);
    }

    [Theory]
    [InlineData(StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.Unauthenticated)]
    public async Task A_refusal_is_told_once_with_the_operators_words_and_tried_again_slowly(StatusCode code)
    {
        var refusal = new RpcException(new Status(code, "this operator speaks version 2"));
        await using var server = await FakeOperator.StartAsync(create: port => FakeOperator.Create(port, refusal));
        await using var running = Run(server.Port, refusedDelay: TimeSpan.FromMilliseconds(50));
        await Until(() => server.Calls >= 3);
        var line = Assert.Single(_log.Lines);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains("refuses this agent: this operator speaks version 2.", line.Text, StringComparison.Ordinal);
        Assert.Equal((0, 0), (running.Tries, _reports.FullTaken));
    }

    [Fact]
    public async Task An_operator_of_another_version_gets_no_reports()
    {
        await using var server = await FakeOperator.StartAsync(create: port => FakeOperator.Create(port, version: 2));
        await using var running = Run(server.Port);
        await Until(() => _log.Count("it speaks protocol version 2, this agent 1") == 1);
        Assert.Empty(server.Reports);
    }

    [Theory]
    [InlineData(true, "no answer within")]
    [InlineData(false, "it acknowledged nothing for")]
    public async Task An_operator_that_falls_silent_counts_as_gone(bool silent, string expected)
    {
        await using var server = await FakeOperator.StartAsync(create: port => FakeOperator.Create(port, silent: silent, acknowledges: false));
        await using var running = Run(server.Port, answerTimeout: TimeSpan.FromMilliseconds(300));
        await Until(() => server.Calls >= 2);
        Assert.Equal(1, _log.Count(expected));
    }

    [Fact]
    public async Task Events_are_sent_in_batches_and_those_beyond_the_bound_are_counted()
    {
        for (uint i = 0; i < FlowEventQueue.Capacity + 904; i++)
        {
            _events.TryAdd(new FlowEvent { Pid = i });
        }

        Assert.Equal(904, _events.Dropped);
        await using var server = await FakeOperator.StartAsync();
        await using var running = Run(server.Port);
        await Until(() => server.FlowEvents >= FlowEventQueue.Capacity);
        var batches = server.Received.Where(message => message.FlowEvents is not null).Select(message => message.FlowEvents.Events.Count);
        Assert.All(batches, count => Assert.InRange(count, 1, 256));
        Assert.Equal((FlowEventQueue.Capacity, 904), (server.FlowEvents, _events.Dropped));
    }

    [Fact]
    public async Task A_stop_sends_what_is_left()
    {
        await using var server = await FakeOperator.StartAsync();
        var running = Run(server.Port, counterInterval: "1m");
        await Until(() => server.Reports.Count() >= 4);
        _reports.Change(70);
        _events.TryAdd(new FlowEvent { Pid = 1 });
        await running.DisposeAsync();
        Assert.Equal(70u, server.Reports.Last().Processes.Single().Number);
        Assert.Equal(1, server.FlowEvents);
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_an_operator_that_hangs()
    {
        await using var server = await FakeOperator.StartAsync(create: port => FakeOperator.Create(port, silent: true));
        var running = Run(server.Port);
        await Until(() => server.Calls == 1);
        await running.DisposeAsync();
    }

    [Fact]
    public async Task With_nothing_to_say_it_still_says_that_it_lives()
    {
        await using var server = await FakeOperator.StartAsync();
        await using var running = Run(server.Port, heartbeat: TimeSpan.FromMilliseconds(50));
        await Until(() => server.Reports.Count() >= 7);
        Assert.All(server.Reports.Skip(4), report => Assert.True(report is { FullBegin: false, FullEnd: false, Processes.Count: 0 }));
    }

    [Fact]
    public void The_wait_grows_to_its_bound_and_is_spread()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(15), new Random(1));
        var waits = Enumerable.Range(0, 200).Select(_ => backoff.Next().TotalSeconds).ToList();
        Assert.All(waits, wait => Assert.InRange(wait, 0.5, 15));
        Assert.InRange(waits[0], 0.5, 1);
        Assert.True(waits.Max() > 12 && waits.Skip(10).Min() < 3);
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.5, 1);
    }

    private static void AssertFull(IEnumerable<Report> reports, ulong firstSequence)
    {
        var full = reports.ToList();
        Assert.Equal([true, false, false, false], full.Select(report => report.FullBegin));
        Assert.Equal([false, false, false, true], full.Select(report => report.FullEnd));
        Assert.Equal([1u, 2u, 3u], full.Take(3).Select(report => report.Processes.Single().Number));
        Assert.Equal(Enumerable.Range(0, 4).Select(i => firstSequence + (ulong)i), full.Select(report => report.Sequence));
    }

    private Running Run(
        int port, TimeSpan? refusedDelay = null, TimeSpan? answerTimeout = null, TimeSpan? heartbeat = null, string counterInterval = "100ms")
    {
        var options = AgentOptions.Parse(
            ["--operator", $"http://127.0.0.1:{port}", "--event-interval", "10ms", "--counter-interval", counterInterval],
            new Dictionary<string, string>(), _ => null).Options!;
        var hello = new Hello { ProtocolVersion = OperatorStream.ProtocolVersion, Hostname = "box", AgentStartUs = 7 };
        var random = new CountingRandom();
        var stream = new OperatorStream(options, hello, _reports, _events, TimeProvider.System, _log)
        {
            Backoff = new Backoff(TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(50), random),
            RefusedDelay = refusedDelay ?? TimeSpan.FromSeconds(30),
            AnswerTimeout = answerTimeout ?? TimeSpan.FromSeconds(20),
            Heartbeat = heartbeat ?? TimeSpan.FromSeconds(30),
        };
        return new Running(stream, random).Start();
    }

    private static async Task Until(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(5, timeout.Token);
        }
    }

    private sealed class CountingRandom : Random
    {
        public int Count { get; private set; }

        public override double NextDouble()
        {
            Count++;
            return 0.5;
        }
    }

    /// <summary>A stream that runs until disposed, which waits for its end.</summary>
    private sealed class Running(OperatorStream stream, CountingRandom random) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task? _task;

        public OperatorStream Stream { get; } = stream;

        /// <summary>Failed tries: each draws one random wait.</summary>
        public int Tries => random.Count;

        public Running Start()
        {
            _task = Task.Run(() => Stream.RunAsync(_stop.Token));
            return this;
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _task!.WaitAsync(TimeSpan.FromSeconds(10));
            _stop.Dispose();
        }
    }
}
