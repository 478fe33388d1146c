namespace Tendril.Graph.Tests;

public class AgeingTests
{
    private readonly World _world = new(options => options.MaxExternal = 10_000);

    private AgentRun GatewayCallsUser(long opened = 5, long closed = 5)
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "user", "::", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened, closed));
        _world.Publish();
        return run;
    }

    [Fact]
    public void A_silent_edge_is_idle_then_gone_then_leaves_with_what_only_it_showed()
    {
        GatewayCallsUser();
        Assert.Equal("active", _world.Edge("gateway", "user").State);
        _world.Publish(60);
        Assert.Equal("idle", _world.Edge("gateway", "user").State);
        _world.Publish(14 * 60);
        Assert.Equal("gone", _world.Edge("gateway", "user").State);
        Assert.Equal("idle", _world.Node("user").State);
        Assert.Empty(_world.Publish(3600).Edges);
        Assert.Equal(["user"], World.Nodes(_world.Graph.Current));
    }

    [Fact]
    public void An_edge_with_open_connections_stays_active_and_is_seen_lately()
    {
        GatewayCallsUser(closed: 4);
        for (var minute = 0; minute < 200; minute++)
            _world.Publish(60);
        var edge = _world.Edge("gateway", "user");
        Assert.Equal("active", edge.State);
        Assert.InRange(_world.Now - edge.LastSeen, TimeSpan.Zero, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void What_left_is_not_brought_back_by_a_late_report_of_its_old_days()
    {
        var run = GatewayCallsUser();
        var old = _world.Client(1, "127.0.0.1", 8001, 5, 5);
        _world.Publish(2 * 3600);
        _world.Report(run, old);
        Assert.Empty(_world.Publish(1).Edges);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, 6, 6));
        Assert.Equal(6, Assert.Single(_world.Publish(1).Edges).ConnectionsOpened);
    }

    [Fact]
    public void Nothing_changed_means_the_same_snapshot()
    {
        var run = GatewayCallsUser();
        var snapshot = _world.Graph.Current;
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, 5, 5));
        Assert.Same(snapshot, _world.Publish(1));
    }

    [Fact]
    public void Unchanged_nodes_and_edges_are_the_same_objects()
    {
        var run = GatewayCallsUser();
        _world.Process(run, 3, "order");
        _world.Report(run, _world.Client(3, "127.0.0.1", 9999));
        var before = _world.Publish(1);
        _world.Report(run, _world.Client(3, "127.0.0.1", 9999, opened: 2));
        var after = _world.Publish(1);
        Assert.Same(before.Edges.Single(edge => edge.Source == "gateway"), after.Edges.Single(edge => edge.Source == "gateway"));
        Assert.Same(before.Nodes.Single(node => node.Id == "user"), after.Nodes.Single(node => node.Id == "user"));
        Assert.NotSame(before.Edges.Single(edge => edge.Source == "order"), after.Edges.Single(edge => edge.Source == "order"));
    }

    [Fact]
    public void A_service_that_listens_without_edges_is_shown_idle_and_leaves_after_it_is_gone_for_long()
    {
        var run = _world.Run();
        _world.Serve(run, 1, "sshd", "0.0.0.0", 22);
        _world.Publish();
        var node = _world.Node("sshd");
        Assert.Equal(("idle", "0.0.0.0", 22, "tcp/0.0.0.0:22"), (node.State, node.Ip, node.Port, node.Endpoints[0]));
        _world.Listen(run, 1, "0.0.0.0", 22, open: false);
        _world.Process(run, 1, "sshd", alive: false);
        _world.Publish(1);
        Assert.Equal(("gone", 22), (_world.Node("sshd").State, _world.Node("sshd").Port));
        Assert.Empty(_world.Publish(3600).Nodes);
    }

    [Fact]
    public void A_renamed_service_leaves_nothing_behind_under_its_former_name()
    {
        var run = _world.Run();
        _world.Process(run, 1, "python3");
        _world.Process(run, 2, "curl");
        _world.Report(run, _world.Client(1, "127.0.0.1", 9999));
        Assert.Contains("python3", World.Nodes(_world.Publish()));
        _world.Serve(run, 1, "python3:8001", "::", 8001);
        _world.Report(run, _world.Client(2, "127.0.0.1", 8001));
        Assert.Equal(["curl", "h1/0/127.0.0.1:9999", "python3:8001"], World.Nodes(_world.Publish(1)));
        _world.Serve(run, 1, "python3:80", "::", 80);
        Assert.Equal(["curl", "h1/0/127.0.0.1:9999", "python3:80"], World.Nodes(_world.Publish(1)));
        Assert.Equal(["curl>python3:80/tcp/8001", "python3:80>h1/0/127.0.0.1:9999/tcp/9999"], World.Edges(_world.Graph.Current));
    }

    [Fact]
    public void A_former_name_stays_while_another_process_has_it()
    {
        var run = _world.Run();
        _world.Serve(run, 1, "web", "::", 8001);
        _world.Serve(run, 2, "web", "::", 8002);
        _world.Publish();
        _world.Process(run, 1, "shop");
        Assert.Equal(["shop", "web"], World.Nodes(_world.Publish(1)));
    }

    [Fact]
    public void A_newer_run_ends_the_connections_of_the_former_and_keeps_its_totals()
    {
        GatewayCallsUser(opened: 5, closed: 2);
        Assert.Equal(3, _world.Edge("gateway", "user").ConnectionsActive);
        var next = _world.Run(start: 2);
        _world.Publish(1);
        Assert.Equal((5, 2, 0), (_world.Edge("gateway", "user").ConnectionsOpened, _world.Edge("gateway", "user").ConnectionsClosed, _world.Edge("gateway", "user").ConnectionsActive));
        Assert.Equal("gone", _world.Node("user").State);

        _world.Process(next, 1, "gateway");
        _world.Serve(next, 2, "user", "::", 8001);
        _world.Report(next, _world.Client(1, "127.0.0.1", 8001, opened: 4, closed: 3));
        _world.Publish(1);
        Assert.Equal((9, 1), (_world.Edge("gateway", "user").ConnectionsOpened, _world.Edge("gateway", "user").ConnectionsActive));
        Assert.Equal("active", _world.Node("user").State);
    }

    [Fact]
    public void Connections_that_a_later_run_found_open_count_once()
    {
        var run = _world.Run();
        Describe(run);
        // Two were open when the first run began, five came, three of all ended.
        _world.Report(run, Reported(opened: 7, closed: 3, adopted: 2));
        _world.Publish();
        Assert.Equal((7, 3, 4), Figures());

        var next = _world.Run(start: 2);
        Describe(next);
        _world.Publish(1);
        Assert.Equal((7, 3, 0), Figures());

        // Four of them are found open; one more was opened while no agent ran; another comes, two end.
        _world.Report(next, Reported(opened: 6, closed: 2, adopted: 5));
        _world.Publish(1);
        Assert.Equal((9, 5, 4), Figures());

        void Describe(AgentRun of)
        {
            _world.Process(of, 1, "gateway");
            _world.Serve(of, 2, "user", "::", 8001);
        }

        DependencyObservation Reported(long opened, long closed, long adopted)
        {
            var observation = _world.Client(1, "127.0.0.1", 8001, opened, closed);
            return observation with { Counters = observation.Counters with { Adopted = adopted } };
        }

        (long, long, long) Figures()
        {
            var edge = _world.Edge("gateway", "user");
            return (edge.ConnectionsOpened, edge.ConnectionsClosed, edge.ConnectionsActive);
        }
    }

    [Fact]
    public void Totals_of_a_former_run_outlive_its_memory_and_its_late_reports_are_refused()
    {
        var former = GatewayCallsUser();
        var next = _world.Run(start: 2);
        _world.Process(next, 1, "gateway");
        _world.Serve(next, 2, "user", "::", 8001);
        for (var minute = 1; minute <= 120; minute++)
        {
            _world.Report(next, _world.Client(1, "127.0.0.1", 8001, opened: minute));
            _world.Publish(60);
        }

        Assert.Equal(125, _world.Edge("gateway", "user").ConnectionsOpened);
        _world.Report(former, _world.Client(1, "127.0.0.1", 8001, 5, 5));
        _world.Publish(1);
        Assert.Equal(125, _world.Edge("gateway", "user").ConnectionsOpened);
        Assert.Equal(1, _world.Graph.Losses.Dependencies);
        Assert.Single(_world.Node("user").Processes);
    }

    [Fact]
    public void An_older_run_that_reports_late_adds_its_totals_and_nothing_else()
    {
        var present = _world.Run(start: 10);
        _world.Process(present, 1, "gateway");
        _world.Serve(present, 2, "user", "::", 8001);
        var older = _world.Run(start: 5);
        _world.Serve(older, 2, "impostor", "::", 8001);
        _world.Process(older, 1, "gateway");
        _world.Report(older, _world.Client(1, "127.0.0.1", 8001, opened: 3));
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish()));
        Assert.Equal(0, _world.Edge("gateway", "user").ConnectionsActive);
    }

    [Fact]
    public void What_a_full_report_does_not_mention_is_no_longer_there()
    {
        var run = GatewayCallsUser();
        _world.Serve(run, 3, "order", "::", 8002);
        _world.Publish(1);
        _world.Graph.BeginFull(run);
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "user", "::", 8001);
        _world.Graph.EndFull(run);
        _world.Publish(1);
        Assert.Equal("active", _world.Node("user").State);
        Assert.Equal("gone", _world.Node("order").State);
        Assert.False(_world.Node("order").Processes[0].Alive);
    }

    [Fact]
    public void An_ended_run_that_comes_back_is_the_present_again()
    {
        var run = GatewayCallsUser(opened: 5, closed: 4);
        _world.Graph.EndRun(run);
        _world.Publish(1);
        Assert.Equal(("gone", 0), (_world.Node("user").State, _world.Edge("gateway", "user").ConnectionsActive));
        Assert.Same(run, _world.Run());
        _world.Publish(1);
        Assert.Equal(("active", 1), (_world.Node("user").State, _world.Edge("gateway", "user").ConnectionsActive));
    }

    [Fact]
    public void Memory_is_given_back_when_a_busy_day_is_over()
    {
        var world = new World(options => (options.MaxExternal, options.MaxAddressesPerService) = (10_000, 10_000));
        var run = world.Run(addresses: "10.0.0.1");
        world.Serve(run, 1, "web", "::", 443);
        for (var i = 0; i < 5000; i++)
            world.Report(run, world.Server(1, "10.0.0.1", 443, $"203.0.{i / 250}.{i % 250}", opened: 1, closed: 1));
        Assert.Equal(5001, world.Publish().Nodes.Length);
        world.Publish(5 * 3600);
        Assert.Equal(["web"], World.Nodes(world.Publish(61)));
        Assert.Null(world.Graph.ChangesSince(-1));
    }
}
