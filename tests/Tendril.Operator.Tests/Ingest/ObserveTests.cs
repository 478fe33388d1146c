using Grpc.Core;
using Tendril.Protocol;

namespace Tendril.Operator.Tests.Ingest;

public class ObserveTests
{
    [Fact]
    public async Task Flow_events_reach_who_observes_with_the_names_of_both_ends()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        using var call = await ObserveAsync(test, new());
        await agent.SendAsync(new() { FlowEvents = new() { Events = { Flow(Role.Client), Flow(Role.Server) } } });
        var (client, server) = (await NextAsync(call), await NextAsync(call));
        Assert.Equal(("curl", "web.py:8000", "alpha"), (client.Client, client.Server, client.Host));
        Assert.Equal(("curl", "web.py:8000"), (server.Client, server.Server));
        Assert.Equal(0u, server.Lost);
    }

    [Fact]
    public async Task Filters_choose_by_service_port_and_kind()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReportAsync(TestAgent.Shop());
        using var call = await ObserveAsync(test, new() { Service = "curl", Port = 8000, Kind = FlowKind.Closed });
        await agent.SendAsync(new() { FlowEvents = new() { Events = { Flow(Role.Client), Flow(Role.Client, FlowKind.Closed) } } });
        Assert.Equal(FlowKind.Closed, (await NextAsync(call)).Event.Kind);
    }

    [Fact]
    public async Task Agents_send_more_while_somebody_observes()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        await agent.ReadUntilAsync(_ => agent.Budget == 200);
        using (await ObserveAsync(test, new()))
        {
            await agent.ReadUntilAsync(_ => agent.Budget == 5000);
        }

        await agent.ReadUntilAsync(_ => agent.Budget == 200);
    }

    [Fact]
    public async Task A_wrong_filter_is_refused_by_field()
    {
        await using var test = await TestOperator.StartAsync();
        using var call = new Observer.ObserverClient(test.Channel).Observe(new() { Port = 70_000 }, cancellationToken: TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal((StatusCode.InvalidArgument, "port: 0 for all, or 1 to 65535"), (refused.StatusCode, refused.Status.Detail));
    }

    private static async Task<AsyncServerStreamingCall<ObserveReply>> ObserveAsync(TestOperator test, ObserveRequest request)
    {
        var call = new Observer.ObserverClient(test.Channel).Observe(request, cancellationToken: TestContext.Current.CancellationToken);
        await call.ResponseHeadersAsync;
        return call;
    }

    private static async Task<ObserveReply> NextAsync(AsyncServerStreamingCall<ObserveReply> call)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        Assert.True(await call.ResponseStream.MoveNext(limit.Token));
        return call.ResponseStream.Current;
    }

    private static FlowEvent Flow(Role role, FlowKind kind = FlowKind.Opened)
    {
        var (client, server) = ((Address: TestAgent.Address("127.0.0.1"), Port: 40_000u), (Address: TestAgent.Address("127.0.0.1"), Port: 8000u));
        var (local, remote) = role == Role.Client ? (client, server) : (server, client);
        return new()
        {
            TimeUs = TestAgent.Now,
            Kind = kind,
            Role = role,
            Transport = Transport.Tcp,
            NetworkNamespace = TestAgent.HostNamespace,
            LocalAddress = local.Address,
            LocalPort = local.Port,
            RemoteAddress = remote.Address,
            RemotePort = remote.Port,
            ProcessNumber = role == Role.Client ? 3u : 1u,
        };
    }
}
