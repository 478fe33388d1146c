namespace Tendril.Graph.Tests;

public class AnalysisTests
{
    private readonly World _world = new();

    private void Calls(params (string From, string To)[] calls)
    {
        var run = _world.Run();
        var names = calls.SelectMany(call => new[] { call.From, call.To }).Distinct().ToList();
        foreach (var name in names)
        {
            _world.Process(run, (uint)names.IndexOf(name) + 1, name);
            if (calls.Any(call => call.To == name))
                _world.Listen(run, (uint)names.IndexOf(name) + 1, "127.0.0.1", Port(name));
        }

        foreach (var (from, to) in calls)
            _world.Report(run, _world.Client((uint)names.IndexOf(from) + 1, "127.0.0.1", Port(to), opened: 10));
        _world.Publish();

        ushort Port(string name) => name == "postgres" ? (ushort)5432 : (ushort)(8000 + names.IndexOf(name));
    }

    [Fact]
    public void Tiers_follow_from_who_calls_whom()
    {
        Calls(("curl", "gateway"), ("gateway", "user"), ("user", "postgres"), ("order", "user"), ("gateway", "order"));
        Assert.Equal(
            ["curl:edge", "gateway:edge", "order:service", "postgres:data", "user:service"],
            _world.Graph.Current.Nodes.Select(node => $"{node.Id}:{node.Tier}").Order());
    }

    [Fact]
    public void A_worker_that_came_to_share_a_listener_serves_though_another_owns_it()
    {
        Calls(("worker", "user"));
        Assert.Equal("edge", _world.Node("worker").Tier);

        var run = _world.Run();
        _world.Serve(run, 9, "master", "127.0.0.1", 8080);
        _world.Listen(run, 1, "127.0.0.1", 8080);
        _world.Publish(1);
        Assert.Equal(["tcp/127.0.0.1:8080"], _world.Node("master").Endpoints);
        Assert.Equal("service", _world.Node("worker").Tier);
    }

    [Fact]
    public void A_rule_decides_the_tier_and_outside_is_external()
    {
        var run = _world.Run();
        _world.Graph.Apply(run, new ProcessObservation(1, 1, World.Start, "c", "c", true, World.Service("cron") with { Tier = "data" }));
        _world.Report(run, _world.Client(1, "192.0.2.7", 443));
        _world.Publish();
        Assert.Equal("data", _world.Node("cron").Tier);
        Assert.Equal(("external", "192.0.2.7", 443), (_world.Node("192.0.2.7:443").Tier, _world.Node("192.0.2.7:443").Ip, _world.Node("192.0.2.7:443").Port));
    }

    [Fact]
    public void An_address_nobody_listens_on_is_not_where_requests_come_in()
    {
        var run = _world.Run();
        _world.Process(run, 1, "curl");
        _world.Report(run, _world.Client(1, "127.0.0.1", 9999, opened: 0, failed: 1), _world.Client(1, "127.0.0.1", 5432, opened: 0, failed: 1));
        _world.Publish();
        Assert.Equal(
            ["curl:edge", "h1/0/127.0.0.1:5432:data", "h1/0/127.0.0.1:9999:service"],
            _world.Graph.Current.Nodes.Select(node => $"{node.Id}:{node.Tier}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Cycles_are_found_and_end_when_an_edge_leaves()
    {
        Calls(("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("e", "e"), ("e", "a"));
        Assert.Equal(["a", "b", "c"], _world.Graph.Current.Nodes.Where(node => node.InCycle).Select(node => node.Id).Order());
        Assert.Equal([["a", "b", "c"], ["e"]], DependencyAnalyzer.Cycles(_world.Graph.Current).Select(cycle => cycle.ToArray()));
        Assert.Equal(["a", "b", "c", "e"], DependencyAnalyzer.Dependents(_world.Graph.Current, "a").Order());
        Assert.Equal(["a", "b", "c", "d", "e"], DependencyAnalyzer.Dependencies(_world.Graph.Current, "e").Order());
        Assert.Empty(DependencyAnalyzer.Dependencies(_world.Graph.Current, "d"));
        Assert.Empty(DependencyAnalyzer.Dependents(_world.Graph.Current, "nobody"));
    }

    [Fact]
    public void A_chain_of_fifty_thousand_does_not_overflow_the_stack()
    {
        const int Length = 50_000;
        var components = StronglyConnectedComponents.Of(
            [.. Enumerable.Range(0, Length + 1)], [.. Enumerable.Range(1, Length).Select(node => node % Length)]);
        Assert.True(components.IsInCycle(0));
        Assert.Equal(Length, Assert.Single(components.Sizes));
    }

    [Fact]
    public void The_strongest_edge_is_ten_and_the_scale_is_logarithmic()
    {
        var run = _world.Run();
        _world.Process(run, 1, "client");
        _world.Report(run, _world.Client(1, "127.0.0.1", 1, opened: 1), _world.Client(1, "127.0.0.1", 2, opened: 1000, sent: 1 << 30), _world.Client(1, "127.0.0.1", 3, opened: 1000));
        _world.Publish();
        var strengths = _world.Graph.Current.Edges.OrderBy(edge => edge.Port).Select(edge => edge.Strength).ToArray();
        Assert.Equal(10, strengths[1]);
        Assert.InRange(strengths[0], 1, 2);
        Assert.InRange(strengths[2], 3, 8);
    }

    [Fact]
    public void Round_trip_quantiles_lie_in_their_buckets()
    {
        var run = _world.Run();
        _world.Process(run, 1, "client");
        _world.Report(run, _world.Client(1, "127.0.0.1", 1) with { RttBuckets = [0, 0, 0, 0, 0, 98, 0, 0, 0, 2, .. new long[10]] });
        _world.Publish();
        var rtt = Assert.Single(_world.Graph.Current.Edges).RttMicros!;
        Assert.InRange(rtt.P50, 32, 64);
        Assert.InRange(rtt.P99, 512, 1024);
    }
}
