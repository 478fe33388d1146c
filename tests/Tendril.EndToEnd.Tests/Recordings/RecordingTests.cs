using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Recordings;

/// <summary>What the kernel told is written down, and gives the same graph again without it.</summary>
public sealed class RecordingTests : KernelTest
{
    // With this set, the recording and its graph are kept as the case "shop": after a change of the ABI or the format.
    private static readonly bool Keep = Environment.GetEnvironmentVariable("TENDRIL_KEEP_RECORDING") == "1";

    private const string Graph = """
        127.0.0.1:7009 [tcp/127.0.0.1:7009]
        batch []
        client []
        front:7000 [tcp/127.0.0.1:7000]
        store:7001 [tcp/[::]:7001]
        batch -> store:7001 tcp/7001 opened=2 failed=0 closed=2 active=0 sent=0 received=0 evidence=both
        client -> 127.0.0.1:7009 tcp/7009 opened=0 failed=2 closed=0 active=0 sent=0 received=0 evidence=client
        client -> front:7000 tcp/7000 opened=5 failed=0 closed=5 active=0 sent=320 received=320 evidence=both
        front:7000 -> store:7001 tcp/7001 opened=5 failed=0 closed=5 active=0 sent=320 received=320 evidence=both
        """;

    [Fact]
    public async Task A_recording_gives_the_graph_of_the_live_run_again_without_rights()
    {
        var within = await AddNamespaceAsync();
        var file = Path.Combine(Folder, "events.tendril");
        var live = await StartOperatorAsync();
        await ListenAsync("store", "[::]:7001", within);
        var batch = await HoldAsync("batch", "[::1]:7001 --times 2", within);
        var agent = await StartAgentAsync(live, "--record", file);
        await ListenAsync("front", "127.0.0.1:7000 --workers 2 --backend 127.0.0.1:7001", within);
        await ConnectAsync("client", "127.0.0.1:7000 --times 5", within);
        await ConnectAsync("client", "127.0.0.1:7009 --times 2", within);
        await batch.ReleaseAsync();
        await live.ShowsAsync(Graph);
        await agent.DisposeAsync();

        await Replay.ShowsAsync(file, Graph);

        if (Keep)
        {
            var kept = Directory.CreateDirectory(Path.Combine(Replay.Recordings, "shop")).FullName;
            File.Copy(file, Path.Combine(kept, Replay.Events), overwrite: true);
            await File.WriteAllTextAsync(Path.Combine(kept, Replay.Graph), Graph + "\n", TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_full_disk_ends_the_recording_and_nothing_else()
    {
        var within = await AddNamespaceAsync();
        var disk = Directory.CreateDirectory(Path.Combine(Folder, "disk")).FullName;
        await RunningProcess.RunAsync("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk);
        try
        {
            var file = Path.Combine(disk, "events.tendril");
            var live = await StartOperatorAsync();
            var agent = await StartAgentAsync(live, "--record", file);
            await ListenAsync("server", "127.0.0.1:7000", within);
            await ConnectAsync("client", "127.0.0.1:7000 --times 300", within);
            await agent.Process.LineAsync("the recording ends here", anywhere: true, TimeSpan.FromSeconds(60));
            await ConnectAsync("after", "127.0.0.1:7000 --times 20", within);
            await live.ShowsAsync(graph => graph.Sum("connectionsClosed") == 320 && graph.Edges.Count == 2, "320 connections on two edges");
            await agent.DisposeAsync();
            Assert.DoesNotContain("Unhandled", agent.Process.Output, StringComparison.Ordinal);

            // What it has is no less than a recording that was cut.
            await using var replay = AgentProcess.Run(["--replay", file, "--operator", live.AgentAddress.ToString()]);
            await replay.LineAsync("replaying ", anywhere: true);
            await replay.LineAsync("connected to the operator", anywhere: true);
            Assert.False(replay.HasEnded && replay.ExitCode != 0, replay.Output);
        }
        finally
        {
            await RunningProcess.RunAsync("umount", "--lazy", disk);
        }
    }

    [Fact]
    public async Task A_damaged_recording_is_refused_with_the_place()
    {
        var file = Path.Combine(Folder, "events.tendril");
        await File.WriteAllTextAsync(file, "this is something else", TestContext.Current.CancellationToken);

        await using var agent = AgentProcess.Run(["--replay", file]);
        await agent.EndAsync();

        Assert.Equal(1, agent.ExitCode);
        Assert.Contains($"--replay {file}: ", agent.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_recording_that_is_damaged_later_ends_with_the_place()
    {
        var file = Path.Combine(Folder, "events.tendril");
        var whole = await File.ReadAllBytesAsync(Path.Combine(Replay.Recordings, "shop", Replay.Events), TestContext.Current.CancellationToken);
        // The header is a frame of five bytes and as many as its second to fifth say; no frame is of kind 99.
        var header = whole[..(5 + BitConverter.ToInt32(whole, 1))];
        await File.WriteAllBytesAsync(file, [.. header, 99, 0, 0, 0, 0], TestContext.Current.CancellationToken);

        await using var agent = AgentProcess.Run(["--replay", file]);
        await agent.EndAsync();

        Assert.Equal(1, agent.ExitCode);
        Assert.Contains($"{file} is damaged at byte {header.Length}: ", agent.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", agent.Output, StringComparison.Ordinal);
    }
}
