namespace Tendril.Graph.Tests;

public class FailureTests
{
    private readonly World _world = new();

    [Fact]
    public void Failures_are_told_by_reason_with_the_last_of_them_also_when_nothing_ever_succeeded()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Report(run, _world.Client(1, "127.0.0.1", 9999, opened: 0, failed: 10) with { Details = Failed(3, 2, 1, 1, FailureReason.TimedOut) });
        _world.Publish();
        var edge = Assert.Single(_world.Graph.Current.Edges);
        Assert.Equal((0, 10), (edge.ConnectionsOpened, edge.ConnectionsFailed));
        Assert.Equal(new EdgeFailures(3, 2, 1, 1, 3), edge.Failures);
        Assert.Equal(new LastFailure("timed out", World.Start), edge.LastFailure);
    }

    [Fact]
    public void An_edge_without_failures_tells_none()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Report(run, _world.Client(1, "127.0.0.1", 9999));
        _world.Publish();
        var edge = Assert.Single(_world.Graph.Current.Edges);
        Assert.Equal((new EdgeFailures(0, 0, 0, 0, 0), null), (edge.Failures, edge.LastFailure));
    }

    [Fact]
    public void A_report_that_comes_late_or_twice_changes_nothing()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        var early = _world.Client(1, "127.0.0.1", 9999, opened: 0, failed: 1) with { Details = Failed(1, 0, 0, 0, FailureReason.Refused) };
        _world.Now = _world.Now.AddSeconds(1);
        var late = _world.Client(1, "127.0.0.1", 9999, opened: 0, failed: 2) with { Details = Failed(1, 0, 1, 0, FailureReason.Unreachable) };
        _world.Report(run, late, early, early);
        _world.Publish();
        var edge = Assert.Single(_world.Graph.Current.Edges);
        Assert.Equal(new EdgeFailures(1, 0, 1, 0, 0), edge.Failures);
        Assert.Equal("unreachable", edge.LastFailure!.Reason);
        var snapshot = _world.Graph.Current;
        _world.Report(run, early, late);
        Assert.Same(snapshot, _world.Publish());
    }

    [Fact]
    public void What_failed_before_a_takeover_stays_with_the_former_owner()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "former", "::", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 1, failed: 2) with { Details = Failed(2, 0, 0, 0, FailureReason.Refused) });
        _world.Publish();
        _world.Now = _world.Now.AddSeconds(1);
        _world.Listen(run, 2, "::", 8001, open: false);
        _world.Serve(run, 3, "latter", "::", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 2, failed: 3) with { Details = Failed(2, 1, 0, 0, FailureReason.TimedOut) });
        _world.Publish(1);
        var (former, latter) = (_world.Edge("gateway", "former"), _world.Edge("gateway", "latter"));
        Assert.Equal((new EdgeFailures(2, 0, 0, 0, 0), "refused"), (former.Failures, former.LastFailure?.Reason));
        Assert.Equal((new EdgeFailures(0, 1, 0, 0, 0), "timed out"), (latter.Failures, latter.LastFailure?.Reason));
    }

    private DependencyDetails Failed(long refused, long timedOut, long unreachable, long abandoned, FailureReason last) => new()
    {
        Counters = new(refused, timedOut, unreachable, abandoned),
        LastFailure = last,
        LastFailed = _world.Now,
    };
}
