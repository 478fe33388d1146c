using Google.Protobuf;
using Grpc.Core;
using Tendril.Protocol;

namespace Tendril.Operator.Tests.Ingest;

/// <summary>
/// Agents of other releases: within a protocol version what is not known is passed over and what is missing is taken as not told; between
/// versions the agent is refused with a remedy.
/// </summary>
public sealed class NeighbourTests
{
    [Fact]
    public async Task An_agent_of_a_later_release_is_understood_as_far_as_it_is_known()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync(hello => hello.MergeFrom(LaterFields));
        await agent.SendAsync(LaterMessage());
        await agent.ReportAsync(Later(TestAgent.Shop(calls: 5)));
        await agent.SendAsync(new() { FlowEvents = Later(new FlowEvents { Events = { Later(new FlowEvent { Kind = (FlowKind)9, Role = Role.Client, Failure = (Failure)99 }) } }) });

        // A role and a transport of tomorrow cannot be placed; the rest of their report can.
        var unknown = TestAgent.Calls(3, 9000, opened: 1);
        (unknown.Role, unknown.Transport) = ((Role)7, (Transport)132);
        var failed = TestAgent.Calls(3, 9001, opened: 0, failed: 2);
        (failed.LastFailure, failed.ServerNameSource, failed.ServerName) = ((Failure)99, (NameSource)9, "later.example");
        await agent.ReportAsync(new() { Dependencies = { unknown, failed, TestAgent.Calls(3, 8000, opened: 6) } });

        var graph = await test.GraphAsync(graph => graph.Edges().Contains("curl -> web.py:8000 6") && graph.Edges().Count == 3);
        Assert.Equal(["curl -> web.py:8000 6", "web.py:8000 -> postgres 10"], graph.Edges().Where(edge => !edge.EndsWith(" 0", StringComparison.Ordinal)));
        Assert.Equal(1, graph.GetProperty("stats").GetProperty("agents").GetArrayLength());
    }

    [Fact]
    public async Task An_agent_of_an_earlier_release_is_understood_without_what_it_does_not_tell()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync(hello =>
        {
            hello.Capabilities.Clear();
            (hello.Scope, hello.AgentPid, hello.KernelRelease) = ("", 0, "");
        });
        var shop = TestAgent.Shop(calls: 5);
        foreach (var process in shop.Processes)
        {
            (process.Instances, process.StartTimeUs, process.Comm) = (0, 0, "");
        }

        foreach (var dependency in shop.Dependencies)
        {
            (dependency.FirstSeenUs, dependency.Counters) = (0, new() { Opened = dependency.Counters.Opened, Closed = dependency.Counters.Closed });
        }

        await agent.ReportAsync(shop);
        var graph = await test.GraphAsync(graph => graph.Edges().Count == 2);
        Assert.Equal(["curl -> web.py:8000 5", "web.py:8000 -> postgres 10"], graph.Edges());
    }

    [Theory]
    [InlineData(0u, "upgrade the agent")]
    [InlineData(2u, "upgrade the operator")]
    public async Task An_agent_of_another_protocol_version_is_told_which_of_the_two_is_too_old(uint version, string remedy)
    {
        await using var test = await TestOperator.StartAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(() => test.ConnectAsync(hello => hello.ProtocolVersion = version));
        Assert.Equal(StatusCode.FailedPrecondition, refused.StatusCode);
        Assert.Contains(remedy, refused.Status.Detail, StringComparison.Ordinal);
    }

    // Two fields that no message of this release has: number 1000, a number; 1001, a text.
    private static readonly byte[] LaterFields = [0xc0, 0x3e, 0x07, 0xca, 0x3e, 0x05, .. "later"u8];

    // A body of number 1002, a message with nothing in it.
    private static AgentMessage LaterMessage() => AgentMessage.Parser.ParseFrom([0xd2, 0x3e, 0x00]);

    private static T Later<T>(T message)
        where T : IMessage
    {
        message.MergeFrom(LaterFields);
        return message;
    }

    private static Report Later(Report report)
    {
        report.MergeFrom(LaterFields);
        foreach (IMessage message in report.Processes.Concat<IMessage>(report.Listeners).Concat(report.Dependencies).Concat(report.Dependencies.Select(dependency => dependency.Counters)))
        {
            message.MergeFrom(LaterFields);
        }

        return report;
    }
}
