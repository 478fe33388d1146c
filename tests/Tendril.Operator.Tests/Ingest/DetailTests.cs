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

    [Fact]
    public async Task An_outside_address_is_named_by_a_rule_else_by_what_the_client_asked_for_else_by_itself()
    {
        await using var test = await TestOperator.StartAsync("rules: [{ name: partner, match: { address: 192.0.2.9/32 } }]");
        await using var agent = await test.ConnectAsync();
        static Dependency Named(string address, string name, NameSource source) =>
            new(TestAgent.Calls(1, 443, 1, address)) { ServerName = name, ServerNameSource = source };
        await agent.ReportAsync(new()
        {
            Processes = { TestAgent.Process(1, "/usr/bin/app") },
            Dependencies =
            {
                Named("192.0.2.9", "partner.example.org", NameSource.Dns), Named("192.0.2.1", "API.Example.org.", NameSource.Dns),
                Named("192.0.2.2", "api.example.org", NameSource.Dns), Named("192.0.2.3", "tls.example.org", NameSource.Tls),
                Named("192.0.2.4", "no/name", NameSource.Dns), Named("192.0.2.5", "198.51.100.1", NameSource.Tls), Named("127.0.0.1", "localhost", NameSource.Dns),
                Named("192.0.2.6", new string('a', 300), NameSource.Dns),
            },
        });
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 7);
        Assert.Equal(
            ["127.0.0.1:443", "192.0.2.4:443", "192.0.2.5:443", "192.0.2.6:443", "api.example.org", "app", "partner", "tls.example.org"], graph.Names());
        var node = graph.Node("api.example.org");
        Assert.Equal(("external/api.example.org", "DNS answer", 2),
            (node.GetProperty("id").GetString(), node.GetProperty("namedBy").GetString(), node.GetProperty("endpoints").GetArrayLength()));
        Assert.Equal("TLS server name", graph.Node("tls.example.org").GetProperty("namedBy").GetString());
    }

    [Fact]
    public async Task Limits_are_told_with_their_flags_and_what_was_beyond_them()
    {
        await using var test = await TestOperator.StartAsync(configure: options => (options.MaxExternal, options.MaxAgents) = (2, 1));
        await using var agent = await test.ConnectAsync();
        await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => test.ConnectAsync(hello => hello.MachineId = "b"));
        await agent.ReportAsync(new()
        {
            Processes = { TestAgent.Process(1, "/usr/bin/app") },
            Dependencies =
            {
                TestAgent.Calls(1, 80, 1, "192.0.2.1"), TestAgent.Calls(1, 80, 1, "192.0.2.2"), TestAgent.Calls(1, 80, 1, "192.0.2.3"), TestAgent.Calls(1, 80, 1, "192.0.2.4"),
                TestAgent.Calls(1, 0, 9, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            },
        });
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 4);
        Assert.Contains("app -> other external addresses 2", graph.Edges());
        Assert.Equal("other/" + graph.Node("app").GetProperty("id").GetString(), graph.Node("other addresses").GetProperty("id").GetString());
        var limits = graph.GetProperty("stats").GetProperty("limits").EnumerateArray().ToDictionary(limit => limit.GetProperty("flag").GetString()!);
        Assert.Equal("""{"flag":"--max-external","limit":2,"used":2,"folded":2,"refused":0}""", limits["--max-external"].GetRawText());
        Assert.Equal("""{"flag":"--max-agents","limit":1,"used":1,"folded":0,"refused":1}""", limits["--max-agents"].GetRawText());
        Assert.All(limits.Keys, flag => Assert.NotNull(OperatorSettings.Find(flag[2..])));
        Assert.Contains("tendril_limit_folded{flag=\"--max-external\"} 2", await test.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_unix_socket_is_told_by_its_path_and_udp_by_its_datagrams()
    {
        await using var test = await TestOperator.StartAsync();
        await using var agent = await test.ConnectAsync();
        var digest = Google.Protobuf.ByteString.CopyFrom([.. Enumerable.Range(1, 16).Select(i => (byte)i)]);
        Dependency OverUnix(string path, Google.Protobuf.ByteString address) =>
            new(TestAgent.Calls(1, 0, 2)) { NetworkNamespace = 0, Transport = Transport.Unix, ServerAddress = address, ServerPath = path };
        var dns = new Dependency(TestAgent.Calls(1, 53, 1, "192.0.2.53")) { Transport = Transport.Udp };
        (dns.Counters.DatagramsSent, dns.Counters.DatagramsReceived) = (3, 2);
        dns.Counters.RttBuckets.Add(Enumerable.Repeat(1UL, 20));
        await agent.ReportAsync(new()
        {
            Processes = { TestAgent.Process(1, "/usr/bin/app"), TestAgent.Process(2, "/usr/bin/redis-server") },
            Listeners = { new Listener(TestAgent.Listens(2, 0)) { NetworkNamespace = 77, Transport = Transport.Unix, Address = digest, Path = "@redis" } },
            Dependencies = { OverUnix("@redis", digest), OverUnix("/run/no\nbody.sock", TestAgent.Address("192.0.2.1")), dns },
        });
        var graph = await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == 3);
        Assert.Equal(["app -> /run/no?body.sock 2", "app -> 192.0.2.53:53 1", "app -> redis-server 2"], graph.Edges());
        Assert.Equal("unix/@redis", graph.Node("redis-server").GetProperty("endpoints")[0].GetString());
        Assert.Equal("address/0123456789ab/unix//run/no?body.sock", graph.Node("/run/no?body.sock").GetProperty("id").GetString());
        var edges = graph.GetProperty("edges").EnumerateArray().ToDictionary(edge => (edge.GetProperty("transport").GetString(), edge.GetProperty("path").GetString()));
        Assert.Equal(0, edges[("unix", "@redis")].GetProperty("port").GetInt32());
        var udp = edges[("udp", null)];
        Assert.Equal((3, 2), (udp.GetProperty("datagramsSent").GetInt64(), udp.GetProperty("datagramsReceived").GetInt64()));
        Assert.Equal(JsonValueKind.Null, udp.GetProperty("rttMicros").ValueKind);
    }
}
