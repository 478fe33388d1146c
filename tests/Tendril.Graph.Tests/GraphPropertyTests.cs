using CsCheck;

namespace Tendril.Graph.Tests;

public class GraphPropertyTests
{
    private static readonly Gen<int> Seeds = Gen.Int[0, int.MaxValue - 1];

    [Fact]
    public void Any_order_repetition_and_delay_gives_what_the_reference_model_computes() => Seeds.Sample(
        seed =>
        {
            var random = new RandomFacts(seed);
            var facts = random.Create();
            var world = new World();
            var runs = facts.Hosts.OrderBy(_ => random.Random.Next()).ToDictionary(host => host.Host, host => world.Run(host.Host, 1, host.Addresses));
            foreach (var step in random.Steps(facts))
            {
                step(world, runs);
                if (random.Random.Next(5) == 0)
                    world.Publish();
            }

            world.Publish();
            var graph = world.Publish(6);
            var model = new ReferenceModel(facts);
            Assert.Equal(model.Edges(), graph.Edges.Select(Describe).Order(StringComparer.Ordinal));
            Assert.Equal(model.Nodes(), World.Nodes(graph));
            GraphAssert.IsWhole(graph);
        },
        iter: 3000);

    [Fact]
    public void A_snapshot_and_the_changes_since_are_the_current_graph() => Seeds.Sample(Follow, iter: 300);

    [Fact]
    public void A_deadline_of_a_service_that_left_does_not_forget_one_that_has_its_id_since() => Follow(390_529_533);

    [Fact]
    public void No_change_of_owner_or_name_or_run_loses_or_invents_a_count() => Seeds.Sample(
        seed =>
        {
            var history = new RandomHistory(seed, options => options.GoneAfter = TimeSpan.FromDays(9));
            for (var i = 0; i < 80; i++)
            {
                history.Step();
                if (history.Random.Next(3) == 0)
                    history.World.Publish(history.Random.Next(10));
            }

            var totals = history.World.Publish(1).Totals;
            Assert.Equal(history.Opened, totals.ConnectionsOpened);
            Assert.Equal(history.BytesSent, totals.BytesSent);
        },
        iter: 500);

    private static void Follow(int seed)
    {
        var history = new RandomHistory(seed, options => (options.GoneAfter, options.RetainGone) = (TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(2)));
        var snapshots = new List<GraphSnapshot>();
        for (var i = 0; i < 60; i++)
        {
            history.Step();
            snapshots.Add(history.World.Publish(history.Random.Next(40)));
            GraphAssert.IsWhole(snapshots[^1]);
        }

        foreach (var former in snapshots)
            GraphAssert.LeadsTo(former, history.World.Graph.ChangesSince(former.Version)!, history.World.Graph.Current);
    }

    private static string Describe(GraphEdge edge) =>
        $"{(edge.Source, edge.Target, (ushort)edge.Port)} {edge.Evidence} {edge.ConnectionsOpened} {edge.ConnectionsFailed} {edge.Failures.Refused} {edge.ConnectionsClosed} "
        + $"{edge.ConnectionsActive} {edge.BytesSent} {edge.BytesReceived}";
}
