namespace Tendril.Graph.Tests;

/// <summary>An agent that dies leaves connections open in its counters; its successor finds some of them. Each counts once, and what was not found has ended.</summary>
public class AgentRestartTests
{
    private readonly World _world = new();

    [Fact]
    public void What_was_left_open_and_not_found_again_has_ended()
    {
        Run(1, opened: 10, closed: 6);
        Run(2, opened: 3, closed: 0, adopted: 3);
        AssertEdge(opened: 10, closed: 7, active: 3);
        Run(2, opened: 5, closed: 5, adopted: 3);
        AssertEdge(opened: 12, closed: 12, active: 0);
    }

    [Fact]
    public void What_one_restart_lost_is_not_taken_for_what_another_found()
    {
        Run(1, opened: 5, closed: 0);
        Run(2, opened: 1, closed: 1);
        AssertEdge(opened: 6, closed: 6, active: 0);
        // Begun while no agent ran, and found open: nobody counted these before.
        Run(3, opened: 3, closed: 0, adopted: 3);
        AssertEdge(opened: 9, closed: 6, active: 3);
    }

    [Fact]
    public void Restarts_beyond_those_that_are_remembered_change_no_count()
    {
        Run(1, opened: 4, closed: 0);
        for (var start = 2; start <= 60; start++)
        {
            Run(start, opened: 5, closed: 1, adopted: 4);
            _world.Publish(61);
            AssertEdge(opened: 4 + start - 1, closed: start - 1, active: 4);
        }
    }

    [Fact]
    public void A_run_that_ended_before_the_first_publication_is_remembered_as_any_other()
    {
        var ended = _world.Run();
        _world.Serve(ended, 1, "user", "::", 8001);
        _world.Listen(ended, 1, "::", 8001, open: false);
        var run = _world.Run(start: 2);
        _world.Process(run, 1, "gateway");
        _world.Process(run, 2, "report");
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, failed: 1));
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish(1)));
        _world.Report(run, _world.Client(2, "127.0.0.1", 8001, failed: 1));
        Assert.Equal(["gateway>user/tcp/8001", "report>user/tcp/8001"], World.Edges(_world.Publish(1)));
    }

    [Fact]
    public void A_run_that_ended_before_it_told_everything_hides_nothing_from_its_successor()
    {
        Run(1, opened: 4, closed: 0);
        var killed = _world.Run(start: 2);
        _world.Graph.BeginFull(killed);
        Run(3, opened: 4, closed: 0, adopted: 4);
        AssertEdge(opened: 4, closed: 0, active: 4);
    }

    private void Run(long start, long opened, long closed, long adopted = 0)
    {
        var run = _world.Run(start: start);
        _world.Graph.BeginFull(run);
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "user", "::", 8001);
        var observation = _world.Client(1, "127.0.0.1", 8001);
        _world.Report(run, observation with { Counters = new Counters(opened, 0, closed, 0, 0, 0, adopted) });
        _world.Graph.EndFull(run);
        _world.Publish(1);
    }

    private void AssertEdge(long opened, long closed, long active)
    {
        var edge = _world.Edge("gateway", "user");
        Assert.Equal((opened, closed, active), (edge.ConnectionsOpened, edge.ConnectionsClosed, edge.ConnectionsActive));
    }
}
