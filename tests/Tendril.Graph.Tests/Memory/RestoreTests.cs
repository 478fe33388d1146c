using CsCheck;

namespace Tendril.Graph.Tests.Memory;

/// <summary>What a graph gives away in rows makes the same graph again.</summary>
public class RestoreTests
{
    private static readonly Gen<int> Seeds = Gen.Int[0, int.MaxValue - 1];
    private readonly World _world = new();

    [Fact]
    public void What_was_taken_bit_by_bit_is_what_there_is_in_all() => Seeds.Sample(
        seed =>
        {
            var history = new RandomHistory(seed, options => (options.GoneAfter, options.RetainGone) = (TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(2)));
            var kept = new KeptRows();
            for (var i = 0; i < 60; i++)
            {
                history.Step();
                history.World.Publish(history.Random.Next(40));
                if (history.Random.Next(3) == 0)
                    kept.Write(history.World.Graph.TakeRows(whole: false));
            }

            kept.Write(history.World.Graph.TakeRows(whole: false));
            var whole = new KeptRows();
            whole.Write(history.World.Graph.TakeRows(whole: true));
            Assert.Equal(whole.Texts(), kept.Texts());
        },
        iter: 300);

    [Fact]
    public void A_restored_history_is_the_same_graph_and_counts_on() => Seeds.Sample(
        seed =>
        {
            var history = new RandomHistory(seed, options => options.GoneAfter = TimeSpan.FromDays(9));
            for (var i = 0; i < 60; i++)
            {
                history.Step();
                if (history.Random.Next(3) == 0)
                    history.World.Publish(history.Random.Next(10));
            }

            var before = history.World.Publish(6);
            var restored = Restored(history.World, afterSeconds: 0, options => options.GoneAfter = TimeSpan.FromDays(9));
            var after = restored.Publish();
            Assert.Equal(Describe(before), Describe(after));
            Assert.All(after.Edges, edge => Assert.True(edge.Stale));
            Assert.All(after.Nodes, node => Assert.True(node.Stale));
            GraphAssert.IsWhole(after);
            Assert.Equal(0, restored.Graph.TakeRows(whole: false).Count);

            history.GoOnIn(restored);
            for (var i = 0; i < 40; i++)
            {
                history.Step();
                if (history.Random.Next(3) == 0)
                    restored.Publish(history.Random.Next(10));
            }

            var totals = restored.Publish(1).Totals;
            Assert.Equal((history.Opened, history.BytesSent), (totals.ConnectionsOpened, totals.BytesSent));
        },
        iter: 500);

    [Fact]
    public void Restored_facts_of_several_hosts_and_namespaces_are_the_same_graph() => Seeds.Sample(
        seed =>
        {
            var random = new RandomFacts(seed);
            var facts = random.Create();
            var world = new World();
            var runs = facts.Hosts.ToDictionary(host => host.Host, host => world.Run(host.Host, 1, host.Addresses));
            var steps = random.Steps(facts);
            steps.ForEach(step => step(world, runs));
            world.Publish();
            var before = world.Publish(6);

            var restored = Restored(world, afterSeconds: 3600);
            restored.Publish();
            Assert.Equal(Describe(before), Describe(restored.Publish(6)));

            var again = facts.Hosts.ToDictionary(host => host.Host, host => restored.Run(host.Host, 1, host.Addresses));
            foreach (var run in again.Values)
                restored.Graph.BeginFull(run);
            steps.ForEach(step => step(restored, again));
            foreach (var run in again.Values)
                restored.Graph.EndFull(run);
            var confirmed = restored.Publish(6);
            Assert.Equal(Describe(before), Describe(confirmed));
            Assert.DoesNotContain(confirmed.Edges, edge => edge.Stale);
            Assert.DoesNotContain(confirmed.Nodes, node => node.Stale);
        },
        iter: 1000);

    [Fact]
    public void Reports_of_the_same_run_replace_what_was_restored_and_those_of_a_new_one_add_to_it()
    {
        GatewayCallsUser(opened: 5);
        var restored = Restored(_world, afterSeconds: 60);
        restored.Publish();
        Assert.Equal(5, restored.Edge("gateway", "user").ConnectionsOpened);

        Report(restored, restored.Run(), 7);
        Assert.Equal(7, restored.Edge("gateway", "user").ConnectionsOpened);
        Assert.False(restored.Edge("gateway", "user").Stale);
        Report(restored, restored.Run(start: 2), 3);
        Assert.Equal(10, restored.Edge("gateway", "user").ConnectionsOpened);

        static void Report(World world, AgentRun run, long opened)
        {
            world.Graph.BeginFull(run);
            world.Process(run, 1, "gateway");
            world.Serve(run, 2, "user", "::", 8001);
            world.Report(run, world.Client(1, "127.0.0.1", 8001, opened, opened));
            world.Graph.EndFull(run);
            world.Publish(1);
        }
    }

    [Fact]
    public void Only_a_full_report_takes_the_mark_away_and_only_from_its_host()
    {
        GatewayCallsUser();
        var other = _world.Run("h2");
        _world.Serve(other, 1, "cache", "::", 6379);
        _world.Publish();
        var restored = Restored(_world, afterSeconds: 1);
        var run = restored.Run();
        restored.Graph.BeginFull(run);
        restored.Process(run, 1, "gateway");
        restored.Publish(1);
        Assert.All(restored.Graph.Current.Nodes, node => Assert.True(node.Stale));

        restored.Serve(run, 2, "user", "::", 8001);
        restored.Graph.EndFull(run);
        restored.Publish(1);
        Assert.Equal([("cache", true), ("gateway", false), ("user", false)], restored.Graph.Current.Nodes.Select(node => (node.Id, node.Stale)).Order());
    }

    [Fact]
    public void Time_in_which_nobody_kept_the_graph_makes_nothing_older()
    {
        GatewayCallsUser();
        _world.Publish(30);
        var restored = Restored(_world, afterSeconds: 3 * 86_400);
        Assert.Equal("active", Assert.Single(restored.Publish().Edges).State);
        Assert.Equal(World.Start, restored.Edge("gateway", "user").LastSeen);
        restored.Publish(31);
        Assert.Equal("idle", restored.Edge("gateway", "user").State);

        // Twice: what was waited before the first counts on.
        restored = Restored(restored, afterSeconds: 86_400);
        restored.Publish(14 * 60);
        Assert.Equal("gone", restored.Edge("gateway", "user").State);
        Assert.Empty(restored.Publish(3600).Edges);
    }

    [Fact]
    public void What_no_agent_confirms_ages_and_leaves_though_its_connections_were_open()
    {
        GatewayCallsUser(closed: 4);
        var restored = Restored(_world, afterSeconds: 600);
        Assert.Equal((1, "active"), (restored.Publish().Edges[0].ConnectionsActive, restored.Edge("gateway", "user").State));
        Assert.Equal(World.Start, restored.Edge("gateway", "user").LastSeen);
        restored.Publish(16 * 60);
        Assert.Equal("gone", restored.Edge("gateway", "user").State);
        foreach (var run in restored.Present)
            restored.Graph.EndRun(run);
        Assert.Equal(0, restored.Publish(1).Edges[0].ConnectionsActive);
        Assert.Equal("gone", restored.Node("user").State);
        for (var minute = 0; minute < 200; minute++)
            restored.Publish(60);
        Assert.Empty(restored.Graph.Current.Nodes);
        Assert.Empty(restored.Graph.Hosts.All);

        var kept = new KeptRows();
        kept.Write(restored.Graph.TakeRows(whole: true));
        Assert.Empty(kept.Texts());
    }

    [Fact]
    public void A_clock_that_was_set_back_while_nobody_ran_is_no_downtime()
    {
        GatewayCallsUser();
        var restored = Restored(_world, afterSeconds: -500);
        Assert.Equal("active", Assert.Single(restored.Publish().Edges).State);
    }

    [Fact]
    public void Rows_that_refer_to_what_is_not_there_are_left_out_and_the_rest_is_restored()
    {
        GatewayCallsUser();
        var kept = new KeptRows();
        kept.Write(_world.Graph.TakeRows(whole: true));
        var rows = kept.Read();
        rows.Processes.RemoveAll(process => process.Comm == "gateway");
        var world = new World { Now = _world.Now };
        Assert.Equal(1, world.Graph.Restore(rows, world.Now).LeftOut);
        Assert.Equal(["user"], World.Nodes(world.Publish()));
    }

    [Fact]
    public void What_a_handshake_proved_is_known_again()
    {
        var (client, server) = (_world.Run("h1", 1, "10.0.0.1"), _world.Run("h2", 1, "10.0.0.2"));
        _world.Process(client, 1, "web");
        _world.Serve(server, 1, "db", "10.0.0.2", 5432);
        _world.Report(client, _world.Client(1, "10.96.0.1", 443, opened: 3, closed: 3));
        _world.Publish();
        _world.Graph.Apply(client, new HandshakeObservation(
            World.HostNamespace, 1, Role.Client, World.Address("10.0.0.1"), 40000, World.Address("10.96.0.1"), 443, null, 0, 1, 2, _world.Now));
        _world.Graph.Apply(server, new HandshakeObservation(
            World.HostNamespace, 1, Role.Server, World.Address("10.0.0.2"), 5432, World.Address("10.0.0.1"), 40000, null, 0, 2, 1, _world.Now));
        Assert.Equal(["web>db/tcp/5432"], World.Edges(_world.Publish(1)));

        var restored = Restored(_world, afterSeconds: 60);
        Assert.Equal(["web>db/tcp/5432"], World.Edges(restored.Publish()));
        Assert.Equal(["tcp/10.96.0.1:443"], restored.Edge("web", "db").Dialled);
    }

    private void GatewayCallsUser(long opened = 5, long? closed = null)
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "user", "::", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened, closed ?? opened));
        _world.Publish();
    }

    /// <summary>Another graph, made of what is kept of a world's.</summary>
    private static World Restored(World world, double afterSeconds, Action<GraphOptions>? configure = null)
    {
        var kept = new KeptRows();
        kept.Write(world.Graph.TakeRows(whole: true));
        var restored = new World(configure) { Now = world.Now.AddSeconds(afterSeconds) };
        (restored.Present, var leftOut) = restored.Graph.Restore(kept.Read(), restored.Now);
        Assert.Equal(0, leftOut);
        return restored;
    }

    private static IEnumerable<string> Describe(GraphSnapshot graph) =>
        graph.Nodes.Select(node =>
                $"{node.Id} {node.Name} {node.Kind} {node.Tier} {node.State} {string.Join(' ', node.Endpoints)} {string.Join(' ', node.Hosts)} "
                + $"{string.Join(' ', node.Processes.Select(process => process.Pid + process.Comm + process.Alive))} {node.FirstSeen:O}")
            .Concat(graph.Edges.Select(edge =>
                $"{edge.Id} {edge.Source} {edge.Target} {edge.Port} {edge.Evidence} {edge.ConnectionsOpened} {edge.ConnectionsFailed} {edge.Failures.Refused} "
                + $"{edge.ConnectionsClosed} {edge.ConnectionsActive} {edge.BytesSent} {edge.BytesReceived} {edge.FirstSeen:O}"))
            .Order(StringComparer.Ordinal);
}
