namespace Tendril.Graph.Tests;

public class UnixSocketTests
{
    private static readonly NetAddress Digest = new(0x1234_5678_9abc_def0, 7);
    private readonly World _world = new();

    [Fact]
    public void A_socket_is_found_by_its_path_on_its_host_and_told_by_it()
    {
        var run = _world.Run();
        _world.Process(run, 1, "web");
        Serve(run, 2, "postgres", "/run/pg.sock");
        _world.Report(run, Client(1, "/run/pg.sock", opened: 3), Server(2, opened: 3));
        Assert.Equal(["web>postgres/unix/0"], World.Edges(_world.Publish(60)));
        var edge = _world.Edge("web", "postgres");
        Assert.Equal(("unix", "/run/pg.sock", "both", 3), (edge.Transport, edge.Path, edge.Evidence, edge.ConnectionsOpened));
        var node = _world.Node("postgres");
        Assert.Equal(["unix//run/pg.sock"], node.Endpoints);
        Assert.Equal((null, null), (node.Ip, node.Port));
    }

    [Fact]
    public void The_same_path_on_another_host_is_another_socket()
    {
        var (one, two) = (_world.Run("h1"), _world.Run("h2"));
        _world.Process(one, 1, "web");
        Serve(two, 2, "postgres", "@pg");
        _world.Report(one, Client(1, "@pg"));
        Assert.Equal(["web>h1@pg/unix/0"], World.Edges(_world.Publish()));
        var node = _world.Node("h1@pg");
        Assert.Equal(("@pg", "unix/@pg", "h1"), (node.Name, node.Endpoints.SingleOrDefault(), Assert.Single(node.Hosts)));
    }

    [Fact]
    public void Two_sockets_of_one_server_are_two_edges_and_a_port_is_what_it_is_known_by()
    {
        var run = _world.Run();
        _world.Process(run, 1, "web");
        _world.Serve(run, 2, "postgres", "127.0.0.1", 5432);
        Serve(run, 2, "postgres", "/run/a");
        Serve(run, 2, "postgres", "/run/b", new NetAddress(9, 9));
        _world.Report(run, Client(1, "/run/a"), Client(1, "/run/b", digest: new NetAddress(9, 9)));
        Assert.Equal(["/run/a", "/run/b"], _world.Publish().Edges.Select(edge => edge.Path).Order());
        Assert.Equal(("127.0.0.1", 5432), (_world.Node("postgres").Ip, _world.Node("postgres").Port));
    }

    [Fact]
    public void A_path_that_is_known_late_takes_the_edge_along()
    {
        var run = _world.Run();
        _world.Process(run, 1, "web");
        Serve(run, 2, "postgres", "/run/pg.sock");
        _world.Report(run, Client(1, "/run/pg.sock") with { Details = null });
        Assert.Equal("?123456789abcdef0", Assert.Single(_world.Publish().Edges).Path);
        _world.Report(run, Client(1, "/run/pg.sock", opened: 2));
        Assert.Equal(("/run/pg.sock", 2), (Assert.Single(_world.Publish(1).Edges).Path, _world.Graph.Current.Totals.ConnectionsOpened));
    }

    [Fact]
    public void A_servers_report_without_its_client_comes_from_an_unknown_process_of_the_host()
    {
        var run = _world.Run();
        Serve(run, 2, "postgres", "/run/pg.sock");
        _world.Report(run, Server(2));
        _world.Publish();
        Assert.Equal(["unknown@h1>postgres/unix/0"], World.Edges(_world.Publish(6)));
    }

    [Fact]
    public void A_digest_is_no_address_of_its_place_and_a_port_is_no_part_of_it()
    {
        var run = _world.Run();
        Serve(run, 2, "impostor", "/run/x", World.Address("203.0.113.5"));
        _world.Listen(run, 2, "::", 443);
        _world.Process(run, 1, "web");
        _world.Report(run, _world.Client(1, "203.0.113.5", 443), Client(1, "/run/x", port: 1));
        Assert.Equal(["web>203.0.113.5:443/tcp/443"], World.Edges(_world.Publish()));
        Assert.Equal(1, _world.Graph.Losses.Dependencies);
    }

    [Fact]
    public void Datagrams_are_seen_from_the_client_whoever_reports()
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Process(run, 1, "app");
        _world.Process(run, 2, "dns");
        _world.Listen(run, 2, "0.0.0.0", 53, transport: Transport.Udp);
        var server = _world.Server(2, "10.0.0.1", 53, "203.0.113.9");
        _world.Report(
            run, _world.Client(1, "10.0.0.1", 53, transport: Transport.Udp) with { Details = new() { Counters = new(0, 0, 0, 0, 5, 4) } },
            server with { Key = server.Key with { Transport = Transport.Udp }, Details = new() { Counters = new(0, 0, 0, 0, 2, 3) } });
        _world.Publish();
        Assert.Equal((5, 4), Datagrams("app"));
        Assert.Equal((3, 2), Datagrams("203.0.113.9:"));

        (long, long) Datagrams(string source) => (_world.Edge(source, "dns").DatagramsSent, _world.Edge(source, "dns").DatagramsReceived);
    }

    private void Serve(AgentRun run, uint process, string service, string path, NetAddress? digest = null)
    {
        _world.Process(run, process, service);
        _world.Graph.Apply(run, new ListenerObservation(0, digest ?? Digest, 0, Transport.Unix, process, true, _world.Now, path));
    }

    private DependencyObservation Client(uint process, string path, long opened = 1, NetAddress? digest = null, ushort port = 0) => new(
        new DependencyKey(0, process, Role.Client, Transport.Unix, digest ?? Digest, port, default, 0),
        new Counters(opened, 0, 0, 0, 0, 0), _world.Now, _world.Now, null, new() { Path = path });

    private DependencyObservation Server(uint process, long opened = 1) => new(
        new DependencyKey(0, process, Role.Server, Transport.Unix, Digest, 0, default, 0),
        new Counters(opened, 0, 0, 0, 0, 0), _world.Now, _world.Now, null, new() { Path = "/run/pg.sock" });
}
