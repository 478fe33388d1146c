using Microsoft.Extensions.Logging.Abstractions;
using Tendril.Graph;
using Tendril.Operator.Ingest;
using Tendril.Operator.Memory;
using Tendril.Operator.Naming;

namespace Tendril.Operator.Tests.Memory;

/// <summary>When the memory is saved, by a clock that the test sets.</summary>
public sealed class SavingTests : IDisposable
{
    private readonly MemoryFolder _folder = new();
    private readonly SetClock _clock = new();
    private readonly AgentRegistry _agents;
    private readonly DependencyGraph _graph;
    private readonly OperatorMemory _memory;
    private long _runs;

    public SavingTests()
    {
        var options = new OperatorOptions { MemoryFile = _folder.File };
        var naming = new ServiceNaming(new([]), new("other", 1, default, "x"), includeSelf: false);
        _agents = new AgentRegistry(options, naming);
        _graph = new DependencyGraph(new GraphOptions(), naming.NameUnresolved, _clock.GetUtcNow());
        _memory = new OperatorMemory(
            _graph, new HostRuns(_graph, naming, new Rejections(), options), _agents, naming, new Marks(), options, _clock, NullLogger<OperatorMemory>.Instance);
        _memory.Restore();
    }

    public void Dispose()
    {
        _memory.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task After_a_save_that_took_long_the_next_one_waits()
    {
        await SaveSlowlyAsync();
        Assert.False(await IsSavedAfterAsync(6));
        Assert.False(await IsSavedAfterAsync(17));
        Assert.True(await IsSavedAfterAsync(1));
        Assert.True(await IsSavedAfterAsync(2));
    }

    // What it had told is nowhere else, so that an operator killed a minute later would have lost it for good.
    [Fact]
    public async Task But_not_for_long_once_an_agent_is_gone()
    {
        var (host, status) = HelloReader.Read(TestAgent.Hello(), _clock.GetUtcNow());
        var session = _agents.Open(host, status, 1);
        await SaveSlowlyAsync();
        Assert.False(await IsSavedAfterAsync(5));
        Assert.False(await IsSavedAfterAsync(5));
        _agents.Close(session, _clock.GetUtcNow());
        Assert.True(await IsSavedAfterAsync(1));
        Assert.False(await IsSavedAfterAsync(1));
    }

    [Fact]
    public async Task A_disk_that_fails_is_tried_less_and_less_often_whoever_comes_and_goes()
    {
        Assert.True(await IsSavedAfterAsync(2));
        var (folder, away) = (Path.GetDirectoryName(_folder.File)!, Path.GetDirectoryName(_folder.File) + "-away");
        Directory.Move(folder, away);
        var (host, status) = HelloReader.Read(TestAgent.Hello(), _clock.GetUtcNow());
        var tries = new List<int>();
        for (var second = 1; second <= 200; second++)
        {
            _agents.Close(_agents.Open(host, status, 1), _clock.GetUtcNow());
            var failed = _memory.Status!.FailedSaves;
            Assert.False(await IsSavedAfterAsync(1));
            if (_memory.Status.FailedSaves > failed)
            {
                tries.Add(second);
            }
        }

        Assert.Equal([2, 4, 8, 16, 32, 64, 124, 184], tries);
        Directory.Move(away, folder);
        Assert.True(await IsSavedAfterAsync(60));
        Assert.True(await IsSavedAfterAsync(2));
    }

    /// <summary>Three seconds, by the clock; it is six since it began then.</summary>
    private async Task SaveSlowlyAsync()
    {
        _clock.Step = TimeSpan.FromSeconds(3);
        Assert.True(await IsSavedAfterAsync(2));
        _clock.Step = default;
    }

    private async Task<bool> IsSavedAfterAsync(int seconds)
    {
        _graph.BeginRun("h1", "alpha", ++_runs, 1, []);
        _clock.Now += TimeSpan.FromSeconds(seconds);
        _graph.Publish(_clock.GetUtcNow());
        var saves = _memory.Status!.Saves;
        _memory.SaveIfDue();
        await _memory.Saving;
        return _memory.Status!.Saves > saves;
    }

    private sealed class SetClock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromSeconds(1);

        /// <summary>How long it takes until it is asked again.</summary>
        public TimeSpan Step { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (Now += Step).Ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Now;
    }
}
