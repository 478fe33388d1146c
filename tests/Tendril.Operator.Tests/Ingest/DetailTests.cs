using System.Text.Json;
using Tendril.Protocol;

namespace Tendril.Operator.Tests.Ingest;

/// <summary>What an agent says of a dependency beside its counters, as REST tells it.</summary>
public class DetailTests
{
    [Fact]
    public async Task An_edge_tells_why_connects_failed_and_when_the_last_one_did()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var refused = TestAgent.Calls(1, 9999, 0, failed: 6);
        (refused.Counters.Refused, refused.Counters.TimedOut, refused.Counters.Unreachable, refused.Counters.Abandoned) = (2, 1, 1, 1);
        (refused.LastFailure, refused.LastFailedUs) = (Failure.TimedOut, 1_700_000_000_000_000);
        await agent.ReportAsync(new() { Processes = { TestAgent.Process(1, "/usr/bin/curl") }, Dependencies = { refused, TestAgent.Calls(1, 80, 1) } });
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 2);
        var edges = graph.GetProperty("edges").EnumerateArray().ToDictionary(edge => edge.GetProperty("port").GetInt32());
        Assert.Equal(
            """{"refused":2,"timedOut":1,"unreachable":1,"abandoned":1,"other":1}""", edges[9999].GetProperty("failures").GetRawText());
        Assert.Equal("""{"reason":"timed out","at":"2023-11-14T22:13:20+00:00"}""", edges[9999].GetProperty("lastFailure").GetRawText());
        Assert.Equal(0, edges[80].GetProperty("failures").GetProperty("other").GetInt32());
        Assert.Equal(JsonValueKind.Null, edges[80].GetProperty("lastFailure").ValueKind);
    }
}
