using System.Net.Sockets;
using System.Text;
using Tendril.Protocol;

namespace Tendril.Operator.Tests.Api;

/// <summary>A dashboard whose machine sleeps: its connection is open, and nothing is read from it.</summary>
public class StalledReaderTests
{
    private const int Edges = 15_000;

    [Theory]
    [InlineData("/api/stream")]
    [InlineData("/api/flows")]
    public async Task One_who_reads_nothing_is_cut_off_and_counted_and_the_others_go_on(string path)
    {
        await using var test = await TestOperator.StartAsync(configure: options =>
            (options.StalledAfter, options.MaxAddressesPerService, options.ObservedFlowEvents) = (TimeSpan.FromSeconds(1), Edges, 1_000_000));
        await using var agent = await test.ConnectAsync();
        var report = new Report { Processes = { TestAgent.Process(1, "/usr/bin/app") } };
        report.Dependencies.AddRange(Enumerable.Range(1, Edges).Select(port => TestAgent.Calls(1, (uint)port, 1)));
        await agent.ReportAsync(report);
        await test.GraphAsync(g => g.GetProperty("edges").GetArrayLength() == Edges);

        using var stalled = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await stalled.ConnectAsync(test.Http.BaseAddress!.Host, test.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        await stalled.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {test.Http.BaseAddress.Authority}\r\n\r\n"), TestContext.Current.CancellationToken);
        await using var follower = await EventFollower.OpenAsync(test, "/api/stream");
        await follower.NextAsync("snapshot");

        for (uint round = 1; !(await test.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Contains("reason=\"stalled_reader\"", StringComparison.Ordinal); round++)
        {
            Assert.True(round < 200, "the stalled client is not cut off");
            await agent.ReportAsync(new() { Dependencies = { TestAgent.Calls(1, 1, 1 + round) } });
            var flows = new FlowEvents();
            flows.Events.AddRange(Enumerable.Range(1, 2_000).Select(port => Flow((uint)port)));
            await agent.SendAsync(new() { FlowEvents = flows });
            await follower.NextAsync("changes");
        }

        Assert.Contains(test.Warnings, warning => warning.Contains($"follows {path} took nothing for 1 s", StringComparison.Ordinal));
        // Its end arrives, after what was on the way.
        var buffer = new byte[65_536];
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await stalled.ReceiveAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }

            throw new EndOfStreamException();
        });
    }

    private static FlowEvent Flow(uint port) => new()
    {
        TimeUs = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1000,
        Kind = FlowKind.Opened,
        Role = Role.Client,
        Transport = Transport.Tcp,
        NetworkNamespace = TestAgent.HostNamespace,
        LocalAddress = TestAgent.Address("127.0.0.1"),
        LocalPort = 40_000,
        RemoteAddress = TestAgent.Address("127.0.0.1"),
        RemotePort = port,
        ProcessNumber = 1,
        Pid = 1,
        Comm = "app",
    };
}
