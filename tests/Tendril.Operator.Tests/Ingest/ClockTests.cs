using Tendril.Operator.Ingest;

namespace Tendril.Operator.Tests.Ingest;

/// <summary>Clocks that are set while everything runs: nothing leaves the graph for it, and nothing stays out.</summary>
public class ClockTests
{
    [Theory]
    [InlineData(2 * 3600)]
    [InlineData(-2 * 3600)]
    [InlineData(56 * 365 * 86_400L)]
    public void The_graphs_time_follows_a_clock_that_was_set_by_and_by_and_never_goes_back(long seconds)
    {
        var wall = new SetClock();
        var clock = new GraphClock(wall);
        var begun = clock.GetUtcNow();
        wall.Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(TimeSpan.FromSeconds(10), clock.GetUtcNow() - begun);
        wall.Now += TimeSpan.FromSeconds(seconds);
        Assert.Equal(TimeSpan.FromSeconds(10), clock.GetUtcNow() - begun);
        wall.Pass(TimeSpan.FromSeconds(100));
        Assert.Equal(TimeSpan.FromSeconds(seconds > 0 ? 160 : 60), clock.GetUtcNow() - begun);
        if (Math.Abs(seconds) < 86_400)
        {
            wall.Pass(TimeSpan.FromSeconds(2 * Math.Abs(seconds)));
            Assert.Equal(wall.Now, clock.GetUtcNow());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(5 * 3600)]
    [InlineData(-5 * 3600)]
    [InlineData(56 * 365 * 86_400L)]
    public async Task What_an_agent_with_a_wrong_clock_reports_now_is_of_now(long behindSeconds)
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        ulong NowOfAgent() => (ulong)((long)TestAgent.Now - (behindSeconds * 1_000_000));
        var dependency = TestAgent.Calls(1, 80, 7);
        (dependency.FirstSeenUs, dependency.LastSeenUs) = (NowOfAgent(), NowOfAgent());
        await agent.ReportAsync(new() { TimeUs = NowOfAgent(), Processes = { TestAgent.Process(1, "/usr/bin/app") }, Dependencies = { dependency } });
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 1);
        var edge = graph.GetProperty("edges")[0];
        Assert.Equal((7, "active"), (edge.GetProperty("connectionsOpened").GetInt64(), edge.GetProperty("state").GetString()));
        Assert.InRange(edge.GetProperty("lastSeen").GetDateTimeOffset(), TimeProvider.System.GetUtcNow().AddSeconds(-59), TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task An_agents_clock_that_is_set_back_between_two_reports_makes_no_edge_old()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(new() { TimeUs = TestAgent.Now, Processes = { TestAgent.Process(1, "/usr/bin/app") }, Dependencies = { TestAgent.Calls(1, 80, 1) } });
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 1);
        var later = TestAgent.Calls(1, 80, 3);
        var added = TestAgent.Calls(1, 81, 5);
        const ulong Day = 86_400_000_000;
        (later.LastSeenUs, added.FirstSeenUs, added.LastSeenUs) = (later.LastSeenUs - Day, added.FirstSeenUs - Day, added.LastSeenUs - Day);
        await agent.ReportAsync(new() { TimeUs = TestAgent.Now - Day, Dependencies = { later, added } });
        var graph = await test.GraphAsync(g => g.GetProperty("totals").GetProperty("connectionsOpened").GetInt64() == 8);
        Assert.All(graph.GetProperty("edges").EnumerateArray(), edge => Assert.Equal("active", edge.GetProperty("state").GetString()));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1)]
    [InlineData(1UL << 58)]
    [InlineData(1UL << 62)]
    public void Any_time_can_be_read_by_any_clock(ulong written)
    {
        var now = TimeProvider.System.GetUtcNow();
        var clock = new AgentClock();
        foreach (var micros in new ulong[] { 0, 1, TestAgent.Now, 1UL << 60, ulong.MaxValue })
        {
            Assert.InRange(clock.Read(written, now).Of(micros), DateTimeOffset.UnixEpoch, now);
        }
    }

    private sealed class SetClock : TimeProvider
    {
        private long _timestamp;

        public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time) => (Now, _timestamp) = (Now + time, _timestamp + time.Ticks);

        public override DateTimeOffset GetUtcNow() => Now;

        public override long GetTimestamp() => _timestamp;
    }
}
