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
