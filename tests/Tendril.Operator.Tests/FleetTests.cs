using Tendril.Benchmarks.Fleet;

namespace Tendril.Operator.Tests;

/// <summary>The load program's world, as its agents report it, is the operator's graph.</summary>
public class FleetTests
{
    [Theory]
    [InlineData(8, 12, 2, 0)]
    [InlineData(130, 400, 7, 0.25)]
    [InlineData(900, 2_500, 2, 0.01)]
    public async Task A_fleet_gives_exactly_the_graph_that_it_stands_for(int services, int edges, int hosts, double failing)
    {
        await using var test = await TestOperator.StartAsync();
        using var end = new CancellationTokenSource();
        var options = new FleetOptions { Operator = test.GrpcAddress, Services = services, Edges = edges, Hosts = hosts, Failing = failing, Rate = 0, Duration = TimeSpan.FromMinutes(1) };
        var output = new StringWriter();
        var fleet = new FleetLoad(options, output);
        var running = fleet.RunAsync(end.Token);
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == edges && g.GetProperty("totals").GetProperty("nodes").GetInt32() >= services);
        await end.CancelAsync();
        Assert.True(await running);

        var world = fleet.World;
        var counts = new FleetCounts(0, failing);
        Assert.Equal(
            world.Edges.Select((edge, i) => Line(FleetNames.Id(world, edge.Source), FleetNames.Id(world, edge.Target), counts.Established(i, 1).Opened, counts.Failed(i, 1))).Order(StringComparer.Ordinal),
            graph.GetProperty("edges").EnumerateArray().Select(e => Line(
                e.GetProperty("source").GetString()!, e.GetProperty("target").GetString()!, e.GetProperty("connectionsOpened").GetInt64(), e.GetProperty("connectionsFailed").GetInt64())).Order(StringComparer.Ordinal));
        var inside = graph.GetProperty("nodes").EnumerateArray().Where(node => node.GetProperty("tier").GetString() != "external").ToDictionary(node => node.GetProperty("id").GetString()!);
        for (var service = 0; service < services; service++)
        {
            var node = inside[FleetNames.Id(world, service)];
            Assert.Equal((FleetNames.Name(service), FleetNames.Namespace(service)), (node.GetProperty("name").GetString(), node.GetProperty("namespace").GetString()));
            Assert.Equal(FleetWorld.IsDatabase(service), node.GetProperty("tier").GetString() == "data");
            Assert.Equal($"node-{world.HostOf(service):d3}", Assert.Single(node.GetProperty("hosts").EnumerateArray()).GetString());
        }

        Assert.Equal(services, inside.Count);
        Assert.StartsWith($"fleet: {hosts} hosts, {services} services and {edges} dependencies are reported in full after ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_seed_is_the_same_world_and_another_one_is_not()
    {
        var options = new FleetOptions();
        Assert.Equal(new FleetWorld(options).Edges, new FleetWorld(options).Edges);
        Assert.NotEqual(new FleetWorld(options).Edges, new FleetWorld(options with { Seed = 2 }).Edges);
    }

    [Fact]
    public void Only_what_changed_is_told_and_never_less_than_before()
    {
        var options = new FleetOptions { Services = 100, Edges = 300, Hosts = 1, Rate = 0.2 };
        var (world, counts) = (new FleetWorld(options), new FleetCounts(options.Rate, 0.1));
        var reports = new FleetReports(world, counts);
        var told = reports.Full(0, 0, 1, 1).Sum(report => report.Dependencies.Count);
        Assert.Equal(300, told);
        Assert.InRange(reports.Changes(0, 0, 1, 1, 2).Sum(report => report.Dependencies.Count), 10, 150);
        Assert.Empty(reports.Changes(0, 5, 5, 1, 2));
        for (var edge = 0; edge < 300; edge++)
        {
            long before = counts.Tried(edge, 10), after = counts.Tried(edge, 11);
            Assert.True(after >= before && counts.Established(edge, after).Closed >= counts.Established(edge, before).Closed && counts.Failed(edge, after) >= counts.Failed(edge, before));
        }
    }

    [Theory]
    [InlineData("--services", "1")]
    [InlineData("--hosts", "0")]
    [InlineData("--failing", "2")]
    [InlineData("--sevices", "10")]
    [InlineData("--services")]
    public void What_cannot_be_is_refused(params string[] args) => Assert.StartsWith("fleet: ", FleetOptions.Read(args).Error, StringComparison.Ordinal);

    [Fact]
    public void More_dependencies_than_there_can_be_are_refused() =>
        Assert.Throws<ArgumentException>(() => new FleetWorld(new FleetOptions { Services = 3, Edges = 1_000 }));

    private static string Line(string source, string target, long opened, long failed) => $"{source} -> {target} {opened} {failed}";
}
