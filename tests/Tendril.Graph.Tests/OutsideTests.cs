namespace Tendril.Graph.Tests;

public class OutsideTests
{
    private const string Others = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    private readonly World _world = new(options => options.MaxExternal = 10);

    [Fact]
    public void What_the_agent_had_no_place_for_is_a_visible_node_of_its_service()
    {
        var (one, two) = (_world.Run("h1", addresses: ["10.0.0.1", Others]), _world.Run("h2"));
        _world.Process(one, 1, "scanner");
        _world.Serve(one, 2, "web", "::", 443);
        _world.Process(two, 1, "crawler");
        _world.Report(one, _world.Client(1, Others, 0, opened: 70), _world.Server(2, "10.0.0.1", 443, Others, opened: 5));
        _world.Report(two, _world.Client(1, Others, 80, opened: 3));
        Assert.Equal(["crawler>other/crawler/tcp/0", "other-clients/web>web/tcp/443", "scanner>other/scanner/tcp/0"], World.Edges(_world.Publish()));
        var node = _world.Node("other/scanner");
        Assert.Equal(("other", "external", null, null), (node.Kind, node.Tier, node.Ip, node.Port));
        Assert.Empty(node.Endpoints);
        Assert.Equal(78, _world.Graph.Current.Totals.ConnectionsOpened);
    }

    [Fact]
    public void Outside_addresses_beyond_the_limit_are_one_node_with_all_their_counts()
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Serve(run, 1, "web", "::", 443);
        for (var i = 0; i < 100; i++)
            _world.Report(run, _world.Server(1, "10.0.0.1", 443, $"203.0.113.{i}", opened: 2, closed: 2));
        var graph = _world.Publish();
        Assert.Equal(12, graph.Nodes.Length);
        Assert.Equal((180, 200), (_world.Edge("other-external", "web").ConnectionsOpened, graph.Totals.ConnectionsOpened));
        Assert.Equal((10, 90), (_world.Graph.Usage.External, _world.Graph.Usage.FoldedAddresses));
        Assert.Equal("other", _world.Node("other-external").Kind);
        _world.Report(run, _world.Server(1, "10.0.0.1", 443, "203.0.113.50", opened: 3, closed: 3));
        _world.Publish(1);
        Assert.Equal((181, 90), (_world.Edge("other-external", "web").ConnectionsOpened, _world.Graph.Usage.FoldedAddresses));
    }

    [Fact]
    public void A_scanners_addresses_beyond_its_limit_are_one_node_of_its_own_and_leave_room_for_others()
    {
        var world = new World(options => options.MaxAddressesPerService = 5);
        var run = world.Run(addresses: "10.0.0.1");
        world.Process(run, 1, "scanner");
        world.Process(run, 2, "app");
        world.Serve(run, 3, "web", "::", 443);
        for (ushort port = 1; port <= 40; port++)
            world.Report(run, world.Client(1, port % 2 == 0 ? "10.0.0.9" : "127.0.0.1", port, opened: 2, failed: 1));
        world.Report(run, world.Client(1, "10.0.0.1", 443, opened: 3), world.Client(2, "10.0.0.9", 7, opened: 4), world.Client(2, "10.0.0.9", 2, opened: 5));
        var graph = world.Publish();
        var others = world.Edge("scanner", "other/scanner");
        Assert.Equal((70, 35, 0, "other"), (others.ConnectionsOpened, others.ConnectionsFailed, others.Port, world.Node("other/scanner").Kind));
        Assert.Equal((80 + 3 + 4 + 5, 40), (graph.Totals.ConnectionsOpened, graph.Totals.ConnectionsFailed));
        Assert.Equal((3, 4, 5), (world.Edge("scanner", "web").ConnectionsOpened, world.Edge("app", "10.0.0.9:7").ConnectionsOpened, world.Edge("app", "10.0.0.9:2").ConnectionsOpened));
        Assert.Equal((5, 35), (world.Graph.Usage.Addresses, world.Graph.Usage.FoldedOfServices));

        // What has its place keeps it, what was folded goes on there, and a listener that appears takes its own along.
        world.Report(run, world.Client(1, "127.0.0.1", 1, opened: 9, failed: 1), world.Client(1, "10.0.0.9", 40, opened: 12, failed: 1));
        world.Serve(run, 4, "late", "127.0.0.1", 39);
        world.Publish(1);
        Assert.Equal((9, 70 + 10 - 2, 2), (world.Edge("scanner", $"h1/0/127.0.0.1:1").ConnectionsOpened, world.Edge("scanner", "other/scanner").ConnectionsOpened, world.Edge("scanner", "late").ConnectionsOpened));
    }

    [Fact]
    public void Clients_beyond_a_servers_limit_are_one_node_of_that_server()
    {
        var world = new World(options => options.MaxAddressesPerService = 10);
        var run = world.Run(addresses: "10.0.0.1");
        world.Serve(run, 1, "web", "::", 443);
        world.Serve(run, 2, "mail", "::", 25);
        for (var i = 0; i < 100; i++)
            world.Report(run, world.Server(1, "10.0.0.1", 443, $"203.0.113.{i}", opened: 2, closed: 2), world.Server(2, "10.0.0.1", 25, "203.0.113.7", opened: i, closed: i));
        var graph = world.Publish();
        Assert.Equal((180, 99, 200 + 99), (world.Edge("other-clients/web", "web").ConnectionsOpened, world.Edge("203.0.113.7:", "mail").ConnectionsOpened, graph.Totals.ConnectionsOpened));
        Assert.Equal((443, 14), (world.Edge("other-clients/web", "web").Port, graph.Nodes.Length));
        Assert.Equal(["mail", "web"], World.Nodes(world.Publish(5 * 3600)));
        world.Report(run, world.Server(1, "10.0.0.1", 443, "203.0.113.200"));
        Assert.Equal(["203.0.113.200:>web/tcp/443"], World.Edges(world.Publish(61)));
    }

    [Fact]
    public void Room_that_becomes_free_is_used_again()
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Serve(run, 1, "web", "::", 443);
        for (var i = 0; i < 20; i++)
            _world.Report(run, _world.Server(1, "10.0.0.1", 443, $"203.0.113.{i}", opened: 2, closed: 2));
        _world.Publish();
        Assert.Equal(["web"], World.Nodes(_world.Publish(5 * 3600)));
        Assert.Equal(0, _world.Graph.Usage.External);
        _world.Report(run, _world.Server(1, "10.0.0.1", 443, "203.0.113.200"));
        Assert.Equal(["203.0.113.200:>web/tcp/443"], World.Edges(_world.Publish(61)));
    }

    [Fact]
    public void All_addresses_of_one_name_are_one_node_that_counts_against_no_limit()
    {
        var run = _world.Run();
        _world.Process(run, 1, "app");
        for (var i = 1; i <= 20; i++)
            _world.Report(run, Named(_world.Client(1, $"203.0.113.{i}", 443, opened: i), "api.example.org"));
        _world.Publish();
        Assert.Equal(210, _world.Edge("app", "external/api.example.org").ConnectionsOpened);
        var node = _world.Node("external/api.example.org");
        Assert.Equal(("api.example.org", "DNS answer", 20), (node.Name, node.NamedBy, node.Endpoints.Length));
        Assert.Contains("tcp/203.0.113.7:443", node.Endpoints);
        Assert.Equal(0, _world.Graph.Usage.External);
    }

    [Fact]
    public void A_name_that_comes_late_or_changes_takes_everything_along_and_an_older_one_does_not_come_back()
    {
        var run = _world.Run();
        _world.Process(run, 1, "app");
        var bare = _world.Client(1, "203.0.113.1", 443, opened: 1);
        _world.Report(run, bare);
        Assert.Equal(["app>203.0.113.1:443/tcp/443"], World.Edges(_world.Publish()));
        var old = Named(bare, "old.example.org");
        _world.Report(run, old);
        Assert.Equal(["app>external/old.example.org/tcp/443"], World.Edges(_world.Publish(1)));
        _world.Report(run, Named(_world.Client(1, "203.0.113.1", 443, opened: 3), "new.example.org"), old, bare);
        Assert.Equal(["app>external/new.example.org/tcp/443"], World.Edges(_world.Publish(1)));
        Assert.Equal(["app", "external/new.example.org"], World.Nodes(_world.Graph.Current));
    }

    [Fact]
    public void A_known_service_is_itself_whatever_name_it_was_asked_for_by()
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Process(run, 1, "app");
        _world.Serve(run, 2, "web", "::", 443);
        _world.Report(run, Named(_world.Client(1, "10.0.0.1", 443), "www.example.org"));
        Assert.Equal(["app>web/tcp/443"], World.Edges(_world.Publish()));
    }

    private static DependencyObservation Named(DependencyObservation observation, string name) =>
        observation with { Details = new() { ServerName = name, ServerNameSource = NameSource.Dns } };
}
