using System.Reflection;
using Tendril.Protocol;

namespace Tendril.Operator.Tests.Api;

/// <summary>The dashboard's types are made of dashboard/openapi.json, so that must be what the operator says of itself.</summary>
public class OpenApiTests
{
    private const string Renew = "TENDRIL_UPDATE_GOLDEN=1 dotnet test --project tests/Tendril.Operator.Tests -c Release --filter-class '*.OpenApiTests'";
    private static readonly string Kept = Path.Combine(
        typeof(OpenApiTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "dashboard/openapi.json");

    [Fact]
    public async Task The_kept_document_is_the_operators()
    {
        await using var test = await TestOperator.StartAsync();
        var told = await test.Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken) + "\n";
        if (Environment.GetEnvironmentVariable("TENDRIL_UPDATE_GOLDEN") is { Length: > 0 })
        {
            await File.WriteAllTextAsync(Kept, told, TestContext.Current.CancellationToken);
        }

        Assert.True(
            File.Exists(Kept) && await File.ReadAllTextAsync(Kept, TestContext.Current.CancellationToken) == told,
            $"dashboard/openapi.json is not what the operator's /openapi/v1.json says. Renew it, read the difference and build the dashboard anew: {Renew}");
    }

    [Fact]
    public async Task Every_answer_is_as_the_document_says()
    {
        await using var test = await TestOperator.StartAsync("rules: [{ name: bank, tags: { a: b }, match: { address: 203.0.113.0/24 } }]");
        await using var agent = await test.ConnectAsync();
        var report = TestAgent.Shop();
        var failing = TestAgent.Calls(1, 443, 2, "203.0.113.1", failed: 3);
        (failing.Counters.Refused, failing.LastFailure, failing.LastFailedUs) = (2, Failure.TimedOut, TestAgent.Now);
        failing.Counters.RttBuckets.AddRange([.. new ulong[6], 1, .. new ulong[13]]);
        report.Dependencies.Add(failing);
        report.Dependencies.Add(new Dependency(TestAgent.Calls(1, 8000, 5)) { Role = Role.Server, PeerAddress = TestAgent.Address("127.0.0.1") });
        report.SelfCheck = new() { TimeUs = TestAgent.Now, Sockets = 2, Explained = 1 };
        report.Losses = new() { CounterOverflows = { ["flow_map"] = 1 } };
        await agent.ReportAsync(report);
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 3);
        await using var flows = await EventFollower.OpenAsync(test, "/api/flows");
        var flow = new FlowEvent { Kind = FlowKind.Failed, Role = Role.Client, Transport = Transport.Udp, LocalAddress = TestAgent.Address("::1"), RemoteAddress = TestAgent.Address("::1") };
        await agent.SendAsync(new() { FlowEvents = new() { Events = { flow } } });
        await using var stream = await EventFollower.OpenAsync(test, "/api/stream");

        var schema = await Schema.OfAsync(test);
        schema.Describes("GraphDocument", graph);
        foreach (var edge in graph.GetProperty("edges").EnumerateArray())
        {
            schema.Describes("EdgeDocument", await test.JsonAsync("/api/edges/" + edge.GetProperty("id").GetString()));
        }

        schema.Describes("EdgesDocument", await test.JsonAsync("/api/edges?source=curl&target=web.py:8000"));
        schema.Describes("ImpactDocument", await test.JsonAsync("/api/services/postgres/impact"));
        schema.Describes("MetricsDocument", await test.JsonAsync("/api/metrics"));
        schema.Describes("HealthDocument", await test.JsonAsync("/health"));
        schema.Describes("HeartbeatDocument", await flows.NextAsync("heartbeat"));
        schema.Describes("FlowDocument", await flows.NextAsync("flow"));
        schema.Describes("GraphDocument", await stream.NextAsync("snapshot"));
        await agent.ReportAsync(TestAgent.Shop(7));
        schema.Describes("GraphChangesDocument", await stream.NextAsync("changes"));
        schema.Describes("HeartbeatDocument", await stream.NextAsync("heartbeat"));
    }
}
