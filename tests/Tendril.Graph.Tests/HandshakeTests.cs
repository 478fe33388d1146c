namespace Tendril.Graph.Tests;

public class HandshakeTests
{
    private const ulong One = 11;
    private const ulong Two = 12;
    private readonly World _world = new();
    private uint _sequence;

    [Fact]
    public void A_dialled_address_leads_through_nat_and_masquerade_to_who_served_and_counts_once()
    {
        var (near, far) = (_world.Run("h1", addresses: "10.0.0.1"), _world.Run("h2", addresses: "10.0.1.1"));
        _world.Process(near, 1, "web");
        _world.Serve(far, 2, "user", "0.0.0.0", 8080);
        _world.Report(near, _world.Client(1, "10.96.0.1", 80, opened: 5, sent: 10));
        _world.Report(far, _world.Server(2, "10.0.1.1", 8080, "10.0.9.9", opened: 5, received: 10));
        Assert.Equal(["10.0.9.9:>user/tcp/8080", "web>10.96.0.1:80/tcp/80"], World.Edges(_world.Publish()));
        Join(near, far, "10.0.0.1", "10.96.0.1", 80, "10.0.1.1", 8080, "10.0.9.9");
        Assert.Equal(["web>user/tcp/8080"], World.Edges(_world.Publish(1)));
        var edge = _world.Edge("web", "user");
        Assert.Equal(("both", 5, 10, "tcp/10.96.0.1:80"), (edge.Evidence, edge.ConnectionsOpened, edge.BytesSent, Assert.Single(edge.Dialled)));
        Assert.Equal(["user", "web"], World.Nodes(_world.Graph.Current));
    }

    [Fact]
    public void What_both_ends_said_may_come_in_any_order()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var world = new World();
            world.Publish();
            var (near, far) = (world.Run("h1", addresses: "10.0.0.1"), world.Run("h2", addresses: "10.0.1.1"));
            Action[] steps =
            [
                () => world.Process(near, 1, "web"), () => world.Process(far, 2, "user"), () => world.Listen(far, 2, "0.0.0.0", 8080),
                () => world.Report(near, world.Client(1, "10.96.0.1", 80, opened: 5)), () => world.Report(far, world.Server(2, "10.0.1.1", 8080, "10.0.9.9", opened: 5)),
                () => Handshake(world, near, Role.Client, 1, "10.0.0.1", 40_000, "10.96.0.1", 80, 1, 2),
                () => Handshake(world, far, Role.Server, 2, "10.0.1.1", 8080, "10.0.9.9", 5_000, 2, 1),
            ];
            var random = new Random(seed);
            var order = Enumerable.Range(0, steps.Length).ToArray();
            random.Shuffle(order);
            var said = "";
            foreach (var step in order)
            {
                steps[step]();
                said += step;
                if (random.Next(3) > 0)
                    continue;

                world.Publish();
                said += ", ";
            }

            world.Publish();
            Assert.Equal($"web>user/tcp/8080 after {said}", string.Join(' ', World.Edges(world.Publish(6))) + $" after {said}");
            Assert.Equal(("both", 5), (world.Edge("web", "user").Evidence, world.Edge("web", "user").ConnectionsOpened));
        }
    }

    [Fact]
    public void The_same_address_in_two_namespaces_is_told_apart()
    {
        var run = _world.Run(addresses: "192.168.0.1");
        _world.Process(run, 9, "caller");
        _world.Serve(run, 1, "left", "10.0.0.2", 80, ns: One);
        _world.Serve(run, 2, "right", "10.0.0.2", 80, ns: Two);
        _world.Report(run, _world.Client(9, "10.0.0.2", 80, ns: 33), _world.Server(2, "10.0.0.2", 80, "10.0.0.7", ns: Two));
        Assert.Contains("caller>10.0.0.2:80/tcp/80", World.Edges(_world.Publish()));
        Handshake(_world, run, Role.Client, 9, "10.0.0.7", 40_000, "10.0.0.2", 80, 1, 2, 33);
        Handshake(_world, run, Role.Server, 2, "10.0.0.2", 80, "10.0.0.7", 40_000, 2, 1, Two);
        Assert.Equal(["caller>right/tcp/80"], World.Edges(_world.Publish(1)));
        Assert.Empty(_world.Edge("caller", "right").Dialled);
        Assert.Equal("both", _world.Edge("caller", "right").Evidence);
    }

    [Fact]
    public void Backends_of_one_service_are_one_edge_and_of_several_each_has_what_it_served()
    {
        var (near, far) = (_world.Run("h1", addresses: "10.0.0.1"), _world.Run("h2", addresses: "10.0.1.1"));
        _world.Process(near, 1, "web");
        _world.Serve(far, 2, "user", "0.0.0.0", 8080, ns: One);
        _world.Serve(far, 3, "user", "0.0.0.0", 8080, ns: Two);
        _world.Serve(far, 4, "other-user", "0.0.0.0", 8080, ns: 13);
        _world.Report(near, Client(10));
        _world.Report(far, Served(2, 4, "10.1.0.1", One), Served(3, 3, "10.1.0.2", Two));
        Join(near, far, "10.0.0.1", "10.96.0.1", 80, "10.1.0.1", 8080, "10.0.0.1", One, server: 2);
        Join(near, far, "10.0.0.1", "10.96.0.1", 80, "10.1.0.2", 8080, "10.0.0.1", Two, server: 3);
        Assert.Equal(["web>user/tcp/8080"], World.Edges(_world.Publish(1)));
        Assert.Equal(10, _world.Edge("web", "user").ConnectionsOpened);

        _world.Report(far, Served(4, 3, "10.1.0.3", 13));
        Join(near, far, "10.0.0.1", "10.96.0.1", 80, "10.1.0.3", 8080, "10.0.0.1", 13, server: 4);
        Assert.Equal(["web>other-user/tcp/8080", "web>user/tcp/8080"], World.Edges(_world.Publish(1)));
        Assert.Equal(("both", 7), (_world.Edge("web", "user").Evidence, _world.Edge("web", "user").ConnectionsOpened));
        Assert.Equal(("both", 3, 2), (_world.Edge("web", "other-user").Evidence, _world.Edge("web", "other-user").ConnectionsOpened, _world.Edge("web", "other-user").ConnectionsFailed));
        Assert.Equal(["tcp/10.96.0.1:80"], _world.Edge("web", "user").Dialled);

        DependencyObservation Client(long opened) => _world.Client(1, "10.96.0.1", 80, opened, failed: 2);
        DependencyObservation Served(uint process, long opened, string address, ulong ns) => _world.Server(process, address, 8080, "10.0.0.1", opened, ns: ns);
    }

    [Fact]
    public void An_address_that_leads_elsewhere_since_leaves_what_was_counted_with_the_former_owner()
    {
        var (near, far) = (_world.Run("h1", addresses: "10.0.0.1"), _world.Run("h2", addresses: "10.0.1.1"));
        _world.Process(near, 1, "web");
        _world.Serve(far, 2, "user", "0.0.0.0", 8080);
        _world.Report(near, _world.Client(1, "10.96.0.1", 80, opened: 5, closed: 5));
        _world.Report(far, _world.Server(2, "10.0.1.1", 8080, "10.0.9.9", opened: 5, closed: 5));
        Join(near, far, "10.0.0.1", "10.96.0.1", 80, "10.0.1.1", 8080, "10.0.9.9");
        _world.Publish();
        // Silence proves nothing.
        for (var minute = 0; minute < 14; minute++)
            Assert.Equal(["web>user/tcp/8080"], World.Edges(_world.Publish(60)));
        for (var i = 6; i <= 20; i++)
        {
            _world.Report(near, _world.Client(1, "10.96.0.1", 80, opened: i, closed: i));
            _world.Publish(61);
        }

        _world.Report(near, _world.Client(1, "10.96.0.1", 80, opened: 30, closed: 30));
        Assert.Equal(["web>10.96.0.1:80/tcp/80", "web>user/tcp/8080"], World.Edges(_world.Publish(1)));
        Assert.Equal(30, _world.Graph.Current.Totals.ConnectionsOpened);
        Assert.InRange(_world.Edge("web", "10.96.0.1:80").ConnectionsOpened, 10, 20);
    }

    [Fact]
    public void A_listener_behind_nat_that_changes_hands_leaves_its_history_too()
    {
        var (near, far) = (_world.Run("h1", addresses: "10.0.0.1"), _world.Run("h2", addresses: "10.0.1.1"));
        _world.Process(near, 1, "web");
        _world.Serve(far, 2, "former", "0.0.0.0", 8080);
        _world.Report(near, _world.Client(1, "10.96.0.1", 80, opened: 5));
        _world.Report(far, _world.Server(2, "10.0.1.1", 8080, "10.0.9.9", opened: 5));
        Join(near, far, "10.0.0.1", "10.96.0.1", 80, "10.0.1.1", 8080, "10.0.9.9");
        _world.Publish();
        _world.Now = _world.Now.AddSeconds(1);
        _world.Listen(far, 2, "0.0.0.0", 8080, open: false);
        _world.Serve(far, 3, "latter", "0.0.0.0", 8080);
        Assert.Equal(["web>former/tcp/8080"], World.Edges(_world.Publish(1)));
        _world.Report(near, _world.Client(1, "10.96.0.1", 80, opened: 7));
        _world.Publish(1);
        Assert.Equal((5, 2), (_world.Edge("web", "former").ConnectionsOpened, _world.Edge("web", "latter").ConnectionsOpened));
    }

    [Fact]
    public void More_than_one_candidate_and_times_far_apart_prove_nothing()
    {
        var (near, far) = (_world.Run("h1", addresses: "10.0.0.1"), _world.Run("h2", addresses: "10.0.1.1"));
        _world.Process(near, 1, "web");
        _world.Serve(far, 2, "user", "0.0.0.0", 8080);
        _world.Report(near, _world.Client(1, "10.96.0.1", 80));
        Handshake(_world, near, Role.Client, 1, "10.0.0.1", 40_000, "10.96.0.1", 80, 1, 2);
        Handshake(_world, near, Role.Client, 1, "10.0.0.1", 40_001, "10.96.0.1", 80, 1, 2);
        Handshake(_world, far, Role.Server, 2, "10.0.1.1", 8080, "10.0.9.9", 5_000, 2, 1);
        Handshake(_world, near, Role.Client, 1, "10.0.0.1", 40_003, "10.96.0.1", 80, 5, 6);
        _world.Now = _world.Now.AddSeconds(20);
        Handshake(_world, far, Role.Server, 2, "10.0.1.1", 8080, "10.0.9.9", 5_000, 6, 5);
        Assert.Equal(["web>10.96.0.1:80/tcp/80"], World.Edges(_world.Publish()));
    }

    [Fact]
    public void An_agent_that_sends_ever_new_samples_fills_only_its_own_part()
    {
        var (hostile, near, far) = (_world.Run("h0"), _world.Run("h1", addresses: "10.0.0.1"), _world.Run("h2", addresses: "10.0.1.1"));
        _world.Publish();
        for (uint i = 1; i <= 100_000; i++)
            Handshake(_world, hostile, Role.Client, 1, "10.0.0.5", 1, "10.0.0.6", 2, i, ~i);
        Assert.Equal(16_384, hostile.HandshakeSamples);
        _world.Process(near, 1, "web");
        _world.Serve(far, 2, "user", "0.0.0.0", 8080);
        _world.Report(near, _world.Client(1, "10.96.0.1", 80));
        Join(near, far, "10.0.0.1", "10.96.0.1", 80, "10.0.1.1", 8080, "10.0.9.9");
        Assert.Equal(["web>user/tcp/8080"], World.Edges(_world.Publish(61)));
        Join(near, far, "10.0.0.1", "10.96.0.1", 80, "10.0.1.1", 8080, "10.0.9.9");
        Assert.Equal(0, hostile.HandshakeSamples);
    }

    [Fact]
    public void What_a_program_asked_for_before_it_was_rewritten_is_told()
    {
        var run = _world.Run(addresses: "10.0.0.1");
        _world.Process(run, 1, "web");
        _world.Serve(run, 2, "user", "0.0.0.0", 8080);
        _world.Report(run, _world.Client(1, "10.0.0.1", 8080));
        _world.Publish();
        _world.Graph.Apply(run, new HandshakeObservation(
            World.HostNamespace, 1, Role.Client, World.Address("10.0.0.1"), 40_000, World.Address("10.0.0.1"), 8080, World.Address("10.96.0.1"), 443, 1, 2, _world.Now));
        _world.Publish(1);
        Assert.Equal(["tcp/10.96.0.1:443"], _world.Edge("web", "user").Dialled);
        Assert.Equal(["tcp/10.96.0.1:443"], _world.Publish(120).Edges[0].Dialled);
    }

    private void Join(AgentRun near, AgentRun far, string client, string dialled, ushort port, string actual, ushort actualPort, string peer, ulong ns = World.HostNamespace, uint server = 2)
    {
        var (send, receive) = (++_sequence, ++_sequence);
        Handshake(_world, near, Role.Client, 1, client, 40_000, dialled, port, send, receive);
        Handshake(_world, far, Role.Server, server, actual, actualPort, peer, 5_000, receive, send, ns);
    }

    private static void Handshake(
        World world, AgentRun run, Role role, uint process, string local, ushort localPort, string remote, ushort remotePort, uint send, uint receive,
        ulong ns = World.HostNamespace) => world.Graph.Apply(run, new HandshakeObservation(
            ns, process, role, World.Address(local), localPort, World.Address(remote), remotePort, null, 0, send, receive, world.Now));
}
