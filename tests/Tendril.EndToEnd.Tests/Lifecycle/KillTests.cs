using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Lifecycle;

/// <summary>Either part may be killed at any time.</summary>
public sealed class KillTests : KernelTest
{
    [Fact]
    public async Task A_killed_agent_leaves_nothing_in_the_kernel()
    {
        var (_, agent) = await StartBothAsync();
        var attached = await Attachments.ProgramsAsync(Cgroup);
        var held = await Attachments.ProgramsAsync(agent.Process.Id);
        var programs = attached.Union(held).ToList();
        var maps = await Attachments.MapsAsync(programs);
        Assert.True(attached.Count >= 3, "connect4, connect6 and sockops at least are attached");
        Assert.NotEmpty(maps);

        agent.Process.Signal(Signals.Kill);
        await agent.Process.EndAsync();

        // The kernel frees programs and maps a moment after the process.
        await Wait.UntilAsync(
            async () => (await Attachments.ProgramsAsync(Cgroup)).Count == 0
                && (await Attachments.LeftAsync("prog", programs)).Count == 0 && (await Attachments.LeftAsync("map", maps)).Count == 0,
            () => "the kernel to free the programs of a killed agent");
        var server = await ListenAsync("server", "127.0.0.1:0");
        Assert.Equal("connected 10 failed 0", await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 10"));
    }

    [Fact]
    public async Task A_killed_operator_loses_nothing_once_it_is_back()
    {
        var (@operator, _) = await StartBothAsync();
        var server = await ListenAsync("server", "127.0.0.1:0");
        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 100");
        await @operator.ShowsAsync(Expected(100));

        @operator.Process.Signal(Signals.Kill);
        await @operator.Process.EndAsync();
        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 50");
        await @operator.RestartAsync();
        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 7");

        await @operator.ShowsAsync(Expected(157));

        string Expected(int count) => $"""
            client []
            server [tcp/127.0.0.1:{server.Port}]
            client -> server tcp/{server.Port} opened={count} failed=0 closed={count} active=0 sent={64 * count} received={64 * count} evidence=both
            """;
    }
}
