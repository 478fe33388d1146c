using System.Net.Sockets;
using CsCheck;
using Google.Protobuf;
using Grpc.Core;
using Tendril.Protocol;

namespace Tendril.Operator.Tests.Ingest;

/// <summary>Nothing that anybody sends may stop the operator, and none of it is an error of ours.</summary>
public class FuzzTests
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    [Fact]
    public async Task Random_bytes_on_either_port_do_not_hurt()
    {
        await using var test = await TestOperator.StartAsync();
        await Gen.Select(Gen.Byte.Array[0, 300], Gen.Bool, Gen.Bool).SampleAsync(
            async (bytes, withPreface, grpcPort) =>
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", grpcPort ? test.GrpcAddress.Port : test.Http.BaseAddress!.Port);
                await client.GetStream().WriteAsync(withPreface ? [.. Preface, .. bytes] : bytes);
            },
            time: 3, threads: 2);
        Assert.Equal("healthy", (await test.JsonAsync("/health")).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Random_messages_do_not_hurt()
    {
        await using var test = await TestOperator.StartAsync();
        var method = new Method<byte[], byte[]>(MethodType.DuplexStreaming, "tendril.v1.Ingest", "Connect", Marshallers.Create(b => b, b => b), Marshallers.Create(b => b, b => b));
        var hello = new AgentMessage { Hello = TestAgent.Hello() }.ToByteArray();
        await Gen.Select(Gen.Byte.Array[0, 200], Gen.Bool, GenReport).SampleAsync(
            async (bytes, afterHello, report) =>
            {
                using var call = test.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(5)));
                byte[][] messages = afterHello ? [hello, new AgentMessage { Report = report }.ToByteArray(), bytes] : [bytes];
                try
                {
                    foreach (var message in messages)
                    {
                        await call.RequestStream.WriteAsync(message);
                    }

                    await call.RequestStream.CompleteAsync();
                    while (await call.ResponseStream.MoveNext(CancellationToken.None))
                    {
                    }
                }
                catch (RpcException e) when (e.StatusCode is not (StatusCode.Unknown or StatusCode.DeadlineExceeded))
                {
                    // Refused with a reason, as it should be.
                }
            },
            time: 6, threads: 1);
        Assert.Equal("healthy", (await test.JsonAsync("/health")).GetProperty("status").GetString());
        await using var agent = await test.ConnectAsync(change => change.MachineId = "sane");
        await agent.ReportAsync(TestAgent.Shop());
        await test.GraphAsync(graph => graph.Names().Contains("postgres"));
        Assert.Contains("tendril_graph_nodes", await test.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    /// <summary>Well-formed, but with absurd values in every field.</summary>
    private static Gen<Report> GenReport { get; } = Gen.Select(Gen.ULong, Gen.UInt, Gen.Byte.Array[0, 20], Gen.String[0, 50], Gen.Int[0, 7], Gen.Bool).Select((big, number, bytes, text, role, flag) =>
    {
        var address = ByteString.CopyFrom(flag ? [.. bytes.Concat(new byte[16]).Take(16)] : bytes);
        return new Report
        {
            Sequence = big,
            FullBegin = flag,
            FullEnd = role > 3,
            Processes = { new Process { Number = number % 5, Pid = number, Comm = text, Exe = "/" + text, Cgroup = text, StartTimeUs = big, Alive = flag } },
            Listeners = { new Listener { Address = address, Port = number, Transport = (Transport)role, ProcessNumber = number % 5, Open = flag, SinceUs = big } },
            Dependencies =
            {
                new Dependency
                {
                    ServerAddress = address, PeerAddress = address, ServerPort = number % 70_000, ProcessNumber = number % 5, Role = (Role)(role % 4),
                    Transport = Transport.Tcp, Counters = new() { Opened = big >> (role * 8), BytesSent = big }, FirstSeenUs = big, LastSeenUs = big,
                },
            },
            Losses = new() { FlowEventsDropped = big, CounterOverflows = { { text, big } } },
            ProgramRuns = { new ProgramRuns { Program = text, Runs = big, RunTimeNs = big } },
            WireCounts = { new WireCount { Interface = text, Bytes = big } },
        };
    });
}
