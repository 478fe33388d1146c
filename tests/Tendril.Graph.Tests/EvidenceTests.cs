namespace Tendril.Graph.Tests;

public class EvidenceTests
{
    private readonly World _world = new();

    [Fact]
    public void A_connection_both_ends_reported_counts_once()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "user", "::", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 5, sent: 10, received: 20));
        _world.Report(run, _world.Server(2, "127.0.0.1", 8001, "127.0.0.1", opened: 5, sent: 20, received: 10));
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish(60)));
        var edge = _world.Edge("gateway", "user");
        Assert.Equal(("both", 5, 10, 20), (edge.Evidence, edge.ConnectionsOpened, edge.BytesSent, edge.BytesReceived));
    }

    [Fact]
    public void A_connection_between_hosts_is_matched_by_the_clients_host_address()
    {
        var (one, two) = (_world.Run("h1", addresses: "10.0.0.1"), _world.Run("h2", addresses: "10.0.0.2"));
        _world.Process(one, 1, "gateway");
        _world.Serve(two, 1, "user", "0.0.0.0", 8001);
        _world.Report(two, _world.Server(1, "10.0.0.2", 8001, "10.0.0.1"));
        Assert.Empty(_world.Publish().Edges);
        _world.Report(one, _world.Client(1, "10.0.0.2", 8001));
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish(1)));
        Assert.Equal("both", _world.Edge("gateway", "user").Evidence);
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish(20)));
    }

    [Fact]
    public void A_container_that_listens_nowhere_is_matched_by_the_address_its_connections_come_from()
    {
        var run = _world.Run(addresses: "172.17.0.1");
        _world.Process(run, 1, "worker");
        _world.Serve(run, 2, "redis", "0.0.0.0", 6379, ns: 9);
        _world.Report(run, _world.Client(1, "172.17.0.2", 6379, ns: 8), _world.Server(2, "172.17.0.2", 6379, "172.17.0.3", ns: 9));
        Assert.Equal(["172.17.0.3:>redis/tcp/6379", "worker>redis/tcp/6379"], World.Edges(_world.Publish()));
        _world.Graph.ApplyLocalAddress(run, 8, World.Address("172.17.0.3"));
        Assert.Equal(["worker>redis/tcp/6379"], World.Edges(_world.Publish(1)));
        Assert.Equal("both", _world.Edge("worker", "redis").Evidence);
    }

    [Fact]
    public void An_outside_client_is_an_edge_at_once_seen_from_the_client()
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Serve(run, 2, "gateway", "::", 443);
        _world.Report(run, _world.Server(2, "10.0.0.1", 443, "203.0.113.9", opened: 3, sent: 900, received: 30));
        _world.Publish();
        var edge = _world.Edge("203.0.113.9:", "gateway");
        Assert.Equal(("server", 30, 900), (edge.Evidence, edge.BytesSent, edge.BytesReceived));
        Assert.Equal("edge", _world.Node("gateway").Tier);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.2")]
    public void A_client_with_an_agent_is_given_a_grace_to_report(string peer)
    {
        _world.Run("h2", addresses: "10.0.0.2");
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Serve(run, 2, "user", "::", 8001);
        _world.Report(run, _world.Server(2, peer == "127.0.0.1" ? peer : "10.0.0.1", 8001, peer));
        Assert.Empty(_world.Publish().Edges);
        Assert.Empty(_world.Publish(4.9).Edges);
        Assert.Single(_world.Publish(0.1).Edges);
    }

    [Fact]
    public void An_edge_drawn_after_the_grace_gives_way_to_a_late_client_report()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "user", "::", 8001);
        _world.Report(run, _world.Server(2, "127.0.0.1", 8001, "127.0.0.1", opened: 5));
        _world.Publish();
        Assert.Equal(["h1/0/127.0.0.1:>user/tcp/8001"], World.Edges(_world.Publish(6)));
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 5));
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish(1)));
        Assert.Equal(["gateway", "user"], World.Nodes(_world.Graph.Current));
    }

    [Fact]
    public void A_servers_report_of_an_unknown_process_belongs_to_the_listener()
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Serve(run, 2, "user", "::", 8001);
        _world.Report(run, _world.Server(0, "10.0.0.1", 8001, "203.0.113.9"));
        Assert.Equal(["203.0.113.9:>user/tcp/8001"], World.Edges(_world.Publish()));
    }

    [Fact]
    public void Hidden_services_have_neither_node_nor_edges_until_they_are_shown()
    {
        var run = _world.Run();
        _world.Process(run, 1, "agent", hidden: true);
        _world.Serve(run, 2, "operator", "::", 50051);
        _world.Report(run, _world.Client(1, "127.0.0.1", 50051, opened: 3));
        Assert.Equal(["operator"], World.Nodes(_world.Publish()));
        Assert.Empty(_world.Graph.Current.Edges);
        Assert.Equal(0, _world.Graph.Current.Totals.ConnectionsOpened);
        _world.Process(run, 1, "agent");
        Assert.Equal(["agent>operator/tcp/50051"], World.Edges(_world.Publish(1)));
        _world.Process(run, 1, "agent", hidden: true);
        Assert.Empty(_world.Publish(1).Edges);
    }
}
