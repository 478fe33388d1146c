namespace Tendril.Graph.Tests;

public class NamespaceTests
{
    private readonly World _world = new();

    [Theory]
    [InlineData("shop", "billing", null)]
    [InlineData(null, "shop", "billing")]
    [InlineData("billing", null, "shop")]
    public void A_service_in_several_is_shown_in_the_first_by_name_whoever_is_described_last(params string?[] namespaces)
    {
        var run = _world.Run();
        for (var i = 0; i < namespaces.Length; i++)
            Describe(run, (uint)i + 1, "web", namespaces[i]);
        _world.Listen(run, 1, "::", 8001);
        _world.Publish();
        Assert.Equal("billing", _world.Node("web").Namespace);
        Assert.Equal("web", _world.Node("web").Id);
    }

    [Fact]
    public void One_that_is_told_later_changes_the_node()
    {
        var run = _world.Run();
        Describe(run, 1, "web", null);
        _world.Listen(run, 1, "::", 8001);
        Assert.Null(Assert.Single(_world.Publish().Nodes).Namespace);
        var version = _world.Graph.Current.Version;
        Describe(run, 1, "web", "shop");
        _world.Publish(1);
        Assert.Equal("shop", Assert.Single(_world.Graph.ChangesSince(version)!.Nodes).Namespace);
    }

    [Fact]
    public void An_address_has_that_of_the_rule_that_names_it()
    {
        var graph = new DependencyGraph(new GraphOptions(), endpoint => World.Name(endpoint) with { Namespace = "money" }, World.Start);
        var run = graph.BeginRun("h1", "h1", 1, World.HostNamespace, []);
        graph.Apply(run, new ProcessObservation(1, 1001, World.Start, "web", "/bin/web", true, World.Service("web")));
        graph.Apply(run, [_world.Client(1, "203.0.113.1", 443)]);
        Assert.Equal([null, "money"], graph.Publish(World.Start).Nodes.OrderBy(node => node.Kind == "external").Select(node => node.Namespace));
    }

    private void Describe(AgentRun run, uint number, string service, string? space) => _world.Graph.Apply(
        run, new ProcessObservation(number, 1000 + number, World.Start, service, "/bin/x", true, World.Service(service) with { Namespace = space }));
}
