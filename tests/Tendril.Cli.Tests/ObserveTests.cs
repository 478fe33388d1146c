using System.Globalization;
using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using Tendril.Protocol;
using Process = System.Diagnostics.Process;

namespace Tendril.Cli.Tests;

public sealed class ObserveTests(OperatorFixture fixture) : IClassFixture<OperatorFixture>
{
    private const ulong Ten = 1_777_888_800_000_000; // 2026-05-04T10:00:00Z

    [Fact]
    public async Task Each_event_is_one_line_and_the_count_ends_it()
    {
        fixture.Observer.Replies = Events();

        var run = await CommandLine.RunAsync(["observe", "--count", "5", "--grpc", fixture.Grpc]);

        Assert.Equal(0, run.ExitCode);
        Golden.Equal("observe", run.Output);
        Assert.Equal("5 events shown, 7 lost on the way (they came faster than they could be sent; filters help)\n", run.Errors);
    }

    [Fact]
    public async Task Json_is_one_object_a_line_seen_from_the_client()
    {
        fixture.Observer.Replies = Events();

        var run = await CommandLine.RunAsync(["observe", "-n", "3", "--json", "--grpc", fixture.Grpc]);

        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(3, lines.Count);
        Assert.Equal("gateway", lines[0].GetProperty("client").GetString());
        Assert.Equal("10.0.0.9:443", lines[0].GetProperty("dialled").GetString());
        Assert.Equal("server", lines[1].GetProperty("seenBy").GetString());
        Assert.Equal(8002, lines[1].GetProperty("port").GetInt32());
        Assert.Equal((100, 9000), (lines[1].GetProperty("bytesSent").GetInt32(), lines[1].GetProperty("bytesReceived").GetInt32()));
        Assert.Equal(JsonValueKind.Null, lines[1].GetProperty("dialled").ValueKind);
    }

    [Fact]
    public async Task Filters_are_the_operators_work()
    {
        fixture.Observer.Replies = Events();

        await CommandLine.RunAsync(["observe", "-n", "1", "--service", "order", "--port", "8002", "--kind", "failed", "--grpc", fixture.Grpc]);

        Assert.Equal(new ObserveRequest { Service = "order", Port = 8002, Kind = FlowKind.Failed }, fixture.Observer.Request);
    }

    [Fact]
    public async Task Interrupted_it_ends_cleanly_and_says_what_it_showed()
    {
        fixture.Observer.Replies = Events();
        using var process = CommandLine.Start(["observe", "--grpc", fixture.Grpc]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 5; i++)
        {
            Assert.NotNull(await process.StandardOutput.ReadLineAsync(patience.Token));
        }

        await InterruptAsync(process, patience.Token);

        Assert.Equal(0, process.ExitCode);
        Assert.StartsWith("5 events shown, 7 lost", await process.StandardError.ReadToEndAsync(patience.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_when_nobody_reads_it_any_more()
    {
        fixture.Observer.Replies = [.. Enumerable.Repeat(Events(), 20_000).SelectMany(events => events)];
        using var process = CommandLine.Start(["observe", "--grpc", fixture.Grpc]);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Assert.NotNull(await process.StandardOutput.ReadLineAsync(patience.Token));

        process.StandardOutput.Close();

        await process.WaitForExitAsync(patience.Token);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_refused_filter_is_told_in_the_operators_words()
    {
        fixture.Observer.Refusal = new Status(StatusCode.InvalidArgument, "service: there is none called 'x'");
        try
        {
            var run = await CommandLine.RunAsync(["observe", "--service", "x", "--grpc", fixture.Grpc]);

            Assert.Equal((2, ""), (run.ExitCode, run.Output));
            Assert.Equal("tendril: the operator refused: service: there is none called 'x'\n", run.Errors);
        }
        finally
        {
            fixture.Observer.Refusal = null;
        }
    }

    private static async Task InterruptAsync(Process process, CancellationToken cancellation)
    {
        using var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
    }

    private static ObserveReply[] Events()
    {
        var opened = new FlowEvent
        {
            TimeUs = Ten,
            Kind = FlowKind.Opened,
            Role = Role.Client,
            Transport = Transport.Tcp,
            Pid = 100,
            Comm = "demo",
            RttUs = 42,
            LocalAddress = Address("127.0.0.1"),
            LocalPort = 40000,
            RemoteAddress = Address("127.0.0.1"),
            RemotePort = 8002,
            DialledAddress = Address("10.0.0.9"),
            DialledPort = 443,
        };
        var closed = new FlowEvent
        {
            TimeUs = Ten + 1_234_567,
            Kind = FlowKind.Closed,
            Role = Role.Server,
            Transport = Transport.Tcp,
            Pid = 101,
            Comm = "demo",
            DurationUs = 1_234_567,
            BytesSent = 9000,
            BytesReceived = 100,
            RttUs = 1500,
            LocalAddress = Address("127.0.0.1"),
            LocalPort = 8002,
            RemoteAddress = Address("127.0.0.1"),
            RemotePort = 40000,
        };
        var failed = new FlowEvent
        {
            TimeUs = Ten + 2_000_000,
            Kind = FlowKind.Failed,
            Role = Role.Client,
            Transport = Transport.Tcp,
            Pid = 102,
            Comm = "cu\u001b[31mrl",
            DurationUs = 80,
            LocalAddress = Address("::1"),
            LocalPort = 40001,
            RemoteAddress = Address("::1"),
            RemotePort = 9,
        };
        var malformed = new FlowEvent { TimeUs = ulong.MaxValue, RemoteAddress = ByteString.CopyFrom(1, 2, 3) };
        return
        [
            new ObserveReply { Event = opened, Host = "web-1", Client = "gateway", Server = "order" },
            new ObserveReply { Event = closed, Host = "web-1", Client = "gateway", Server = "order" },
            new ObserveReply { Event = failed, Host = "web-1" },
            new ObserveReply { Lost = 7 },
            new ObserveReply { Event = malformed },
            new ObserveReply { Event = opened, Host = "web\n-1\u0007", Client = new string('x', 500), Server = "\u202eorder" },
        ];
    }

    private static ByteString Address(string text) => ByteString.CopyFrom(IPAddress.Parse(text).MapToIPv6().GetAddressBytes());
}
