namespace Tendril.Graph.Tests;

public class LimitTests
{
    [Fact]
    public void Edges_beyond_the_limit_are_folded_into_a_visible_other_node()
    {
        var world = new World(options => options.MaxEdges = 10);
        var run = world.Run();
        world.Process(run, 1, "scanner");
        for (ushort port = 1; port <= 50; port++)
            world.Report(run, world.Client(1, "127.0.0.1", port));
        var graph = world.Publish();
        Assert.Equal(11, graph.Edges.Length);
        Assert.Equal(40, world.Edge("other", "other").ConnectionsOpened);
        Assert.Equal(50, graph.Totals.ConnectionsOpened);
        Assert.Equal("other", world.Node("other").Kind);
        Assert.Empty(world.Publish(4 * 3600).Edges.Where(edge => edge.State != "active"));
    }

    [Fact]
    public void Dependencies_processes_and_listeners_beyond_their_limits_are_refused_and_counted()
    {
        var world = new World(options => (options.MaxDependencies, options.MaxProcessesPerRun) = (10, 10));
        var run = world.Run();
        for (ushort i = 1; i <= 15; i++)
        {
            world.Process(run, i, "p" + i);
            world.Listen(run, 1, "::", i);
            world.Report(run, world.Client(1, "127.0.0.1", i));
        }

        Assert.Equal(new GraphLosses(5, 5, 5), world.Graph.Losses);
        Assert.Equal(10, world.Publish().Totals.ConnectionsOpened);
    }

    [Fact]
    public void Addresses_seen_in_ever_new_namespaces_are_bounded_and_forgotten()
    {
        var world = new World();
        var run = world.Run();
        for (ulong i = 1; i <= 2_000; i++)
            world.Graph.ApplyLocalAddress(run, i, new NetAddress(i, 1));
        var host = world.Graph.Hosts.All.Single();
        Assert.Equal(512, host.Places.Count);
        world.Publish(120);
        Assert.Empty(host.Places);
        world.Graph.ApplyLocalAddress(run, 7, World.Address("127.0.0.1"));
        Assert.Empty(host.Places);
    }

    [Fact]
    public void Malformed_reports_are_refused_and_counted()
    {
        var world = new World();
        var run = world.Run();
        world.Process(run, 0, "nobody");
        world.Listen(run, 1, "::", 0);
        world.Listen(run, 1, "::", 80, transport: Transport.None);
        world.Report(run, world.Client(1, "127.0.0.1", 0), world.Client(1, "127.0.0.1", 1, transport: Transport.None));
        Assert.Equal(new GraphLosses(2, 1, 2), world.Graph.Losses);
        Assert.Empty(world.Publish().Nodes);
    }

    [Fact]
    public void An_agent_that_restarts_for_ever_does_not_fill_the_memory()
    {
        var world = new World();
        for (var start = 1; start <= 200; start++)
        {
            var run = world.Run(start: start);
            world.Process(run, 1, "gateway");
            world.Report(run, world.Client(1, "127.0.0.1", 80, opened: 1, closed: 1));
            world.Publish(30);
        }

        Assert.Equal(200, world.Publish().Totals.ConnectionsOpened);
        Assert.InRange(Assert.Single(world.Graph.Current.Nodes, node => node.Id == "gateway").Processes.Length, 1, 20);
    }

    [Fact]
    public void Changes_from_before_the_removal_log_need_a_snapshot()
    {
        var world = new World(options => (options.GoneAfter, options.RetainGone) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)));
        var run = world.Run();
        world.Process(run, 1, "client");
        for (var i = 0; i < 1200; i++)
        {
            world.Report(run, world.Client(1, "127.0.0.1", (ushort)(1 + i), opened: 1, closed: 1));
            world.Publish(1);
        }

        Assert.Null(world.Graph.ChangesSince(1));
        Assert.NotNull(world.Graph.ChangesSince(world.Graph.Current.Version - 100));
        Assert.Null(world.Graph.ChangesSince(world.Graph.Current.Version + 1));
    }

    [Fact]
    public async Task Readers_see_whole_snapshots_while_the_writer_goes_on()
    {
        var history = new RandomHistory(7, _ => { });
        history.World.Publish();
        var graph = history.World.Graph;
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(
            () =>
            {
                var former = graph.Current;
                while (!stop.IsCancellationRequested)
                {
                    GraphAssert.IsWhole(graph.Current);
                    Assert.True(graph.Current.Version >= former.Version);
                    Assert.NotNull(graph.ChangesSince(former.Version));
                    former = graph.Current;
                }
            },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < 3000; i++)
        {
            history.Step();
            history.World.Publish(0.1);
        }

        await stop.CancelAsync();
        await reader;
    }

    [Fact]
    public void Applying_known_keys_allocates_nothing()
    {
        var world = new World();
        var run = world.Run();
        world.Process(run, 1, "gateway");
        var rounds = Enumerable.Range(1, 4).Select(Round).ToArray();
        foreach (var round in rounds[..3])
        {
            world.Graph.Apply(run, round);
            world.Publish(1);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        world.Graph.Apply(run, rounds[3]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4000, world.Publish(1).Totals.ConnectionsOpened);

        DependencyObservation[] Round(int round) =>
            [.. Enumerable.Range(1, 1000).Select(port => Observe(world, (ushort)port, round))];
    }

    private static DependencyObservation Observe(World world, ushort port, int round) =>
        world.Client(1, "127.0.0.1", port, opened: round) with { RttBuckets = [0, round, 2 * round, 0, 5] };
}
