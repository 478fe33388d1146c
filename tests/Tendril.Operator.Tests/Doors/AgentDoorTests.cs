using Grpc.Core;
using Tendril.Protocol.Credentials;

namespace Tendril.Operator.Tests.Doors;

/// <summary>An agent speaks for the host that its certificate is for, and for no other.</summary>
public class AgentDoorTests
{
    [Fact]
    public async Task An_agent_with_its_hosts_certificate_is_taken()
    {
        using var fleet = new Fleet();
        await using var test = await TestOperator.StartAsync(configure: fleet.Serve, fleet: fleet);
        using var channel = fleet.Channel(test.GrpcAddress, fleet.Authority.IssueAgent(TestOperator.MachineId, Fleet.Now));
        await using var agent = await TestAgent.ConnectAsync(channel);
        await agent.ReportAsync(TestAgent.Shop());
        await test.GraphAsync(graph => graph.GetProperty("edges").GetArrayLength() == 2);
    }

    [Theory]
    [InlineData("none", StatusCode.Unauthenticated, "takes only agents that show a certificate. Start the agent with --cert", "certificate")]
    [InlineData("another authority's", StatusCode.Unauthenticated, "was not issued by the authority", "certificate")]
    [InlineData("expired", StatusCode.Unauthenticated, "it expired on ", "certificate")]
    [InlineData("operator's", StatusCode.Unauthenticated, "it is not one for clients", "certificate")]
    [InlineData("another host's", StatusCode.PermissionDenied, "is for host other, so it cannot speak for host " + TestOperator.MachineId, "other_host")]
    public async Task Whoever_else_comes_is_refused_with_the_reason_and_counted(string shown, StatusCode code, string reason, string counter)
    {
        using var fleet = new Fleet();
        using var other = new Fleet();
        await using var test = await TestOperator.StartAsync(configure: fleet.Serve, fleet: fleet);
        IssuedCertificate? certificate = shown switch
        {
            "another authority's" => other.Authority.IssueAgent(TestOperator.MachineId, Fleet.Now),
            "expired" => fleet.Authority.IssueAgent(TestOperator.MachineId, Fleet.Now.AddDays(-500)),
            "operator's" => fleet.Authority.IssueOperator(["localhost"], Fleet.Now),
            "another host's" => fleet.Authority.IssueAgent("other", Fleet.Now),
            _ => null,
        };
        using var channel = fleet.Channel(test.GrpcAddress, certificate);
        var fault = await Assert.ThrowsAsync<RpcException>(() => TestAgent.ConnectAsync(channel));
        Assert.Equal(code, fault.StatusCode);
        Assert.Contains(reason, fault.Status.Detail, StringComparison.Ordinal);
        var metrics = await test.JsonAsync("/api/metrics");
        Assert.Equal((1, 0), (metrics.GetProperty("rejected").GetProperty(counter).GetInt64(), metrics.GetProperty("agentsKnown").GetInt32()));
    }

    [Theory]
    [InlineData(5, 16 * 1024 * 1024, "--max-agent-messages", "agent_messages")]
    [InlineData(1_000_000, 50, "--max-agent-bytes", "agent_bytes")]
    public async Task An_agent_that_sends_too_much_is_cut_off_and_counted(int messages, int bytes, string flag, string counter)
    {
        await using var test = await TestOperator.StartAsync(configure: options => (options.MaxAgentMessages, options.MaxAgentBytes) = (messages, bytes));
        await using var agent = await test.ConnectAsync();
        var fault = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                await agent.ReportAsync(TestAgent.Shop());
            }
        });
        Assert.Equal(StatusCode.ResourceExhausted, fault.StatusCode);
        Assert.Contains(flag, fault.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(1, (await test.JsonAsync("/api/metrics")).GetProperty("rejected").GetProperty(counter).GetInt64());
        var limits = (await test.JsonAsync("/api/dependency-graph")).GetProperty("stats").GetProperty("limits").EnumerateArray();
        Assert.Equal(1, limits.Single(limit => limit.GetProperty("flag").GetString() == flag).GetProperty("refused").GetInt64());
    }
}
