namespace Tendril.Graph.Tests;

public class TargetResolutionTests
{
    private readonly World _world = new();

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("::", "::1")]
    [InlineData("0.0.0.0", "10.0.0.1")]
    [InlineData("::", "10.0.0.1")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    public void A_client_reaches_the_listener_that_covers_the_address_it_dialled(string listening, string dialled)
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "user", listening, 8001);
        _world.Report(run, _world.Client(1, dialled, 8001));
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish()));
    }

    [Theory]
    [InlineData("0.0.0.0", "::1")]
    [InlineData("127.0.0.1", "10.0.0.1")]
    [InlineData("0.0.0.0", "192.0.2.1")]
    public void A_client_does_not_reach_a_listener_that_does_not_cover_the_address(string listening, string dialled)
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "user", listening, 8001);
        _world.Report(run, _world.Client(1, dialled, 8001));
        Assert.DoesNotContain("gateway>user/tcp/8001", World.Edges(_world.Publish()));
        Assert.Single(_world.Graph.Current.Edges);
    }

    [Fact]
    public void An_exact_listener_is_preferred_to_a_wildcard_and_IPv4_to_any()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "any", "::", 8001);
        _world.Serve(run, 3, "four", "0.0.0.0", 8001);
        _world.Serve(run, 4, "exact", "127.0.0.2", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001), _world.Client(1, "127.0.0.2", 8001), _world.Client(1, "::1", 8001));
        Assert.Equal(["gateway>any/tcp/8001", "gateway>exact/tcp/8001", "gateway>four/tcp/8001"], World.Edges(_world.Publish()));
    }

    [Fact]
    public void Loopback_of_two_namespaces_and_two_hosts_never_mixes()
    {
        var (one, two) = (_world.Run("h1"), _world.Run("h2"));
        _world.Serve(one, 1, "a", "127.0.0.1", 80);
        _world.Serve(one, 2, "b", "127.0.0.1", 80, ns: 5);
        _world.Process(one, 3, "client-a");
        _world.Process(one, 4, "client-b");
        _world.Process(two, 3, "client-c");
        _world.Report(one, _world.Client(3, "127.0.0.1", 80), _world.Client(4, "127.0.0.1", 80, ns: 5));
        _world.Report(two, _world.Client(3, "127.0.0.1", 80));
        Assert.Equal(["client-a>a/tcp/80", "client-b>b/tcp/80", "client-c>h2/0/127.0.0.1:80/tcp/80"], World.Edges(_world.Publish()));
    }

    [Fact]
    public void Another_hosts_listener_is_found_by_that_hosts_addresses()
    {
        var (one, two) = (_world.Run("h1", addresses: "10.0.0.1"), _world.Run("h2", addresses: "10.0.0.2"));
        _world.Process(one, 1, "gateway");
        _world.Serve(two, 1, "user", "0.0.0.0", 8001);
        _world.Report(one, _world.Client(1, "10.0.0.2", 8001));
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish()));
    }

    [Fact]
    public void A_container_is_found_by_the_address_its_own_report_shows()
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "redis", "0.0.0.0", 6379, ns: 9);
        _world.Report(run, _world.Client(1, "172.17.0.2", 6379));
        Assert.Equal(["gateway>172.17.0.2:6379/tcp/6379"], World.Edges(_world.Publish()));
        _world.Report(run, _world.Server(2, "172.17.0.2", 6379, "10.0.0.1", ns: 9));
        Assert.Equal(["gateway>redis/tcp/6379"], World.Edges(_world.Publish(1)));
        Assert.Equal("both", _world.Edge("gateway", "redis").Evidence);
    }

    [Fact]
    public void An_address_that_several_services_have_is_not_guessed()
    {
        var runs = new[] { _world.Run("h1"), _world.Run("h2"), _world.Run("h3") };
        _world.Serve(runs[0], 1, "left", "172.17.0.2", 80, ns: 5);
        _world.Serve(runs[1], 1, "right", "172.17.0.2", 80, ns: 6);
        foreach (var run in runs)
        {
            _world.Process(run, 9, "caller-" + run.HostId);
            _world.Report(run, _world.Client(9, "172.17.0.2", 80));
        }

        Assert.Equal(
            ["caller-h1>left/tcp/80", "caller-h2>right/tcp/80", "caller-h3>172.17.0.2:80/tcp/80"], World.Edges(_world.Publish()));
    }

    [Fact]
    public void Transports_are_apart()
    {
        var run = _world.Run();
        _world.Process(run, 1, "app");
        _world.Process(run, 2, "dns");
        _world.Listen(run, 2, "127.0.0.1", 53, transport: Transport.Udp);
        _world.Report(run, _world.Client(1, "127.0.0.1", 53, transport: Transport.Udp), _world.Client(1, "127.0.0.1", 53));
        Assert.Equal(["app>dns/udp/53", "app>h1/0/127.0.0.1:53/tcp/53"], World.Edges(_world.Publish()));
    }

    [Fact]
    public void Refused_connects_are_an_edge_to_the_address()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Report(run, _world.Client(1, "127.0.0.1", 9999, opened: 0, failed: 4));
        _world.Publish();
        Assert.Equal(4, _world.Edge("gateway", "h1/0/127.0.0.1:9999").ConnectionsFailed);
        Assert.Equal("tcp/127.0.0.1:9999", Assert.Single(_world.Node("h1/0/127.0.0.1:9999").Endpoints));
    }

    [Fact]
    public void A_listener_known_late_takes_everything_along()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7));
        _world.Publish();
        _world.Serve(run, 2, "user", "::", 8001);
        Assert.Equal(["gateway", "user"], World.Nodes(_world.Publish(1)));
        Assert.Equal(7, _world.Edge("gateway", "user").ConnectionsOpened);
    }

    [Fact]
    public void A_process_described_late_takes_its_edges_along()
    {
        var run = _world.Run();
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7));
        _world.Listen(run, 2, "::", 8001);
        _world.Publish();
        _world.Process(run, 1, "gateway");
        _world.Process(run, 2, "user");
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish(1)));
        Assert.Equal(["gateway", "user"], World.Nodes(_world.Graph.Current));
    }

    [Fact]
    public void A_renamed_process_takes_its_history_along_as_client_and_as_server()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "python3", "::", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7));
        _world.Publish();
        _world.Process(run, 2, "user");
        _world.Process(run, 1, "edge-gateway");
        Assert.Equal(["edge-gateway>user/tcp/8001"], World.Edges(_world.Publish(1)));
        Assert.Equal(7, _world.Edge("edge-gateway", "user").ConnectionsOpened);
    }

    [Fact]
    public void A_reused_port_draws_no_edge_and_takes_only_the_increase()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "former", "::", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7, closed: 7, sent: 70));
        _world.Publish();
        _world.Now = _world.Now.AddSeconds(1);
        _world.Listen(run, 2, "::", 8001, open: false);
        _world.Serve(run, 3, "latter", "::", 8001);
        Assert.Equal(["gateway>former/tcp/8001"], World.Edges(_world.Publish(1)));

        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 10, closed: 8, sent: 100));
        _world.Publish(1);
        Assert.Equal((7, 70), (_world.Edge("gateway", "former").ConnectionsOpened, _world.Edge("gateway", "former").BytesSent));
        Assert.Equal((3, 30), (_world.Edge("gateway", "latter").ConnectionsOpened, _world.Edge("gateway", "latter").BytesSent));
        Assert.Equal(2, _world.Edge("gateway", "latter").ConnectionsActive);
        Assert.Equal(0, _world.Edge("gateway", "former").ConnectionsActive);
    }

    [Fact]
    public void A_former_owner_that_is_renamed_when_it_has_nothing_else_takes_its_history_along()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "python3", "::", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7));
        _world.Publish();
        _world.Now = _world.Now.AddSeconds(1);
        _world.Listen(run, 2, "::", 8001, open: false);
        _world.Serve(run, 3, "latter", "::", 8001);
        Assert.Equal(["gateway>python3/tcp/8001"], World.Edges(_world.Publish(1)));

        _world.Process(run, 2, "former");
        Assert.Equal(["gateway>former/tcp/8001"], World.Edges(_world.Publish(1)));
    }

    [Fact]
    public void A_takeover_and_new_counters_between_two_publications_are_told_apart()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "former", "127.0.0.1", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7));
        _world.Publish();
        _world.Now = _world.Now.AddSeconds(1);
        _world.Serve(run, 3, "latter", "127.0.0.1", 8001);
        _world.Listen(run, 2, "127.0.0.1", 8001, open: false);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 9));
        _world.Publish(1);
        Assert.Equal(7, _world.Edge("gateway", "former").ConnectionsOpened);
        Assert.Equal(2, _world.Edge("gateway", "latter").ConnectionsOpened);
    }

    [Fact]
    public void A_takeover_before_the_first_publication_leaves_what_was_counted_until_then()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "former", "127.0.0.1", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7));
        _world.Now = _world.Now.AddSeconds(1);
        _world.Listen(run, 2, "127.0.0.1", 8001, open: false);
        _world.Serve(run, 3, "latter", "127.0.0.1", 8001);
        _world.Publish(1);
        Assert.Equal(7, _world.Edge("gateway", "former").ConnectionsOpened);
    }

    // The agent had no turn, or there was no operator: who listened before is known by its reports alone.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_was_opened_before_the_present_owner_began_is_the_former_ones(bool serverComesLater)
    {
        var run = _world.Run();
        _world.Process(run, 1, "early");
        _world.Process(run, 2, "former", alive: false);
        _world.Process(run, 4, "late");
        var early = _world.Client(1, "127.0.0.1", 8001, opened: 7) with { LastAttempt = _world.Now };
        var former = _world.Server(2, "127.0.0.1", 8001, "127.0.0.1", opened: 7);
        _world.Now = _world.Now.AddSeconds(1);
        _world.Serve(run, 3, "latter", "127.0.0.1", 8001);
        _world.Report(run, early, _world.Client(4, "127.0.0.1", 8001, opened: 2) with { LastAttempt = _world.Now }, _world.Server(3, "127.0.0.1", 8001, "127.0.0.1", opened: 2));
        if (serverComesLater)
            _world.Publish();
        _world.Report(run, former);

        Assert.Equal(["early>former/tcp/8001", "late>latter/tcp/8001"], World.Edges(_world.Publish()));

        // What is opened from now on is the present owner's.
        _world.Now = _world.Now.AddSeconds(1);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 8) with { LastAttempt = _world.Now });
        _world.Publish();
        Assert.Equal((7, 1), (_world.Edge("early", "former").ConnectionsOpened, _world.Edge("early", "latter").ConnectionsOpened));
    }

    [Fact]
    public void What_was_opened_before_the_present_owner_began_is_its_services_where_that_was_there_before()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Process(run, 2, "former");
        _world.Report(run, _world.Server(2, "127.0.0.1", 8001, "127.0.0.1", opened: 1, closed: 1));
        _world.Publish(60);
        _world.Process(run, 3, "shop", alive: false);
        var early = _world.Client(1, "127.0.0.1", 8001, opened: 7) with { LastAttempt = _world.Now };
        _world.Report(run, early, _world.Server(3, "127.0.0.1", 8001, "127.0.0.1", opened: 7));
        _world.Now = _world.Now.AddSeconds(1);
        _world.Serve(run, 4, "shop", "127.0.0.1", 8001);
        Assert.Contains("gateway>shop/tcp/8001", World.Edges(_world.Publish()));
        Assert.Equal(7, _world.Edge("gateway", "shop").ConnectionsOpened);
    }

    [Fact]
    public void What_is_told_late_but_was_opened_before_a_takeover_stays_with_the_former_owner()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "former", "127.0.0.1", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7) with { LastAttempt = _world.Now });
        _world.Publish();
        var before = _world.Now.AddSeconds(1);
        _world.Now = _world.Now.AddSeconds(2);
        _world.Listen(run, 2, "127.0.0.1", 8001, open: false);
        _world.Serve(run, 3, "latter", "127.0.0.1", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 9) with { LastAttempt = before });
        Assert.Equal(["gateway>former/tcp/8001"], World.Edges(_world.Publish(1)));
        Assert.Equal(9, _world.Edge("gateway", "former").ConnectionsOpened);
    }

    [Fact]
    public void A_socket_that_was_another_process_all_along_takes_everything_along()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "activator", "127.0.0.1", 8001);
        var since = _world.Now;
        _world.Now = _world.Now.AddSeconds(1);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7));
        _world.Publish();
        _world.Now = since;
        _world.Listen(run, 2, "127.0.0.1", 8001, open: false);
        _world.Serve(run, 3, "service", "127.0.0.1", 8001);
        Assert.Equal(["gateway>service/tcp/8001"], World.Edges(_world.Publish(3)));
    }

    [Fact]
    public void A_stopped_server_keeps_its_edges_and_is_told_of_refused_connects()
    {
        var run = _world.Run();
        _world.Process(run, 1, "gateway");
        _world.Serve(run, 2, "user", "::", 8001);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7, closed: 7));
        _world.Publish();
        _world.Process(run, 2, "user", alive: false);
        _world.Report(run, _world.Client(1, "127.0.0.1", 8001, opened: 7, closed: 7, failed: 3));
        Assert.Equal(["gateway>user/tcp/8001"], World.Edges(_world.Publish(1)));
        Assert.Equal(3, _world.Edge("gateway", "user").ConnectionsFailed);
        Assert.Equal("gone", _world.Node("user").State);
    }
}
