using System.Text.Json.Nodes;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.EndToEnd.Tests.Lifecycle;

/// <summary>What the operator remembers, with real processes, signals and disks.</summary>
public sealed class MemoryTests : KernelTest
{
    private string File => Path.Combine(Folder, "memory.db");

    [Fact]
    public async Task Kills_at_any_moment_neither_damage_what_is_remembered_nor_count_anything_twice()
    {
        const int Kills = 10;
        var random = new Random(5);
        var @operator = await StartOperatorAsync("--memory", File);
        var agent = await StartAgentAsync(@operator);
        var server = await ListenAsync("server", "127.0.0.1:0");
        for (var kill = 1; kill <= Kills; kill++)
        {
            await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 20");
            await Task.Delay(random.Next(2500), TestContext.Current.CancellationToken);
            @operator.Process.Signal(Signals.Kill);
            await @operator.Process.EndAsync();
            if (kill % 5 == 0)
            {
                // What the run that is over counted is known from the memory alone.
                await @operator.RestartAsync();
                await @operator.ShowsAsync(Expected(20 * kill));
                await SavedAsync(@operator);
                await agent.DisposeAsync();
                agent = await StartAgentAsync(@operator);
                await @operator.ShowsAsync(Expected(20 * kill));
                await SavedAsync(@operator);
                @operator.Process.Signal(Signals.Kill);
                await @operator.Process.EndAsync();
            }

            await @operator.RestartAsync();
        }

        await @operator.ShowsAsync(Expected(20 * Kills));
        await SavedAsync(@operator);
        await agent.DisposeAsync();
        @operator.Process.Signal(Signals.Kill);
        await @operator.Process.EndAsync();
        await @operator.RestartAsync();

        await @operator.ShowsAsync(Expected(20 * Kills));
        var graph = await @operator.GraphAsync();
        Assert.All(graph.Nodes.Concat(graph.Edges), item => Assert.True(item["stale"]!.GetValue<bool>()));
        Assert.False(graph.HasConnectedAgent);
        await @operator.Process.LineAsync("remembers the graph of", anywhere: true);

        string Expected(int count) => $"""
            client []
            server [tcp/127.0.0.1:{server.Port}]
            client -> server tcp/{server.Port} opened={count} failed=0 closed={count} active=0 sent={64 * count} received={64 * count} evidence=both
            """;
    }

    [Fact]
    public async Task A_full_disk_stops_nothing_and_is_used_again_when_there_is_room()
    {
        var disk = Path.Combine(Folder, "disk");
        Directory.CreateDirectory(disk);
        // The mount is the operator's alone, and ends with it.
        var process = Own(RunningProcess.Start(
        [
            "unshare", "--mount", "--propagation", "private", "sh", "-c", "mount -t tmpfs -o size=512k tmpfs \"$0\" && exec \"$@\"", disk,
            Repository.Operator, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--memory", Path.Combine(disk, "memory.db"),
        ]));
        var http = new Uri((await process.LineAsync("  dashboard ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        var inside = $"/proc/{process.Id}/root{disk}";
        await MetricAsync(http, "tendril_memory_saves_total", saves => saves > 0);

        // Whatever is free, to the last byte.
        await using (var filler = new FileStream(Path.Combine(inside, "filler"), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            try
            {
                for (var block = new byte[512]; ;)
                {
                    await filler.WriteAsync(block, TestContext.Current.CancellationToken);
                }
            }
            catch (IOException)
            {
                // It is full.
            }
        }

        var grpc = (await process.LineAsync("  agents ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        await StartAgentAtDefaultPaceAsync(Cgroup, new Uri("http://" + grpc), []);
        var server = await ListenAsync("server", "127.0.0.1:0");
        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 3");
        await process.LineAsync("The graph is not kept in", anywhere: true);
        await ShowsAsync(http, 3);
        await MetricAsync(http, "tendril_memory_failed_saves_total", failed => failed > 0);
        System.IO.File.Delete(Path.Combine(inside, "filler"));
        await process.LineAsync("The graph is kept in", anywhere: true, bound: TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task A_read_only_memory_is_shown_and_one_that_is_refused_stops_the_start()
    {
        var @operator = await StartOperatorAsync("--memory", File);
        var agent = await StartAgentAsync(@operator);
        var server = await ListenAsync("server", "127.0.0.1:0");
        await ConnectAsync("client", $"127.0.0.1:{server.Port} --times 3");
        await ShowsAsync(@operator.Address, 3);
        await agent.DisposeAsync();
        await @operator.DisposeAsync();

        var process = Own(RunningProcess.Start(
        [
            "unshare", "--mount", "--propagation", "private", "sh", "-c", "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"", Folder,
            Repository.Operator, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--memory", File,
        ]));
        var http = new Uri((await process.LineAsync("  dashboard ")).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);
        await ShowsAsync(http, 3);
        await process.LineAsync("The graph is not kept in", anywhere: true);
        await process.DisposeAsync();

        await System.IO.File.WriteAllTextAsync(File, "damaged", TestContext.Current.CancellationToken);
        await using var refused = RunningProcess.Start([Repository.Operator, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--memory", File]);
        await refused.EndAsync();
        Assert.Equal(2, refused.ExitCode);
        Assert.Equal(
            $"tendril-operator: --memory: '{File}' is damaged (SQLite Error 26: 'file is not a database'.). It was left as it is; take it away to begin anew: mv {File} {File}.damaged",
            refused.Output);
        Assert.Equal("damaged", await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken));
    }

    private static async Task<TestGraph> GraphAsync(Uri http) => new(JsonNode.Parse(await GetAsync(http, "/api/dependency-graph"))!);

    private static async Task<string> GetAsync(Uri http, string path)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(http, path), TestContext.Current.CancellationToken);
    }

    private static async Task ShowsAsync(Uri http, long opened)
    {
        var graph = await GraphAsync(http);
        await Wait.UntilAsync(async () => (graph = await GraphAsync(http)).Sum("connectionsOpened") == opened, () => $"{opened} connections; there is\n{graph.Text()}");
    }

    /// <summary>Waits until all that was shown at this moment is in the file.</summary>
    private static async Task SavedAsync(OperatorProcess @operator)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        await MetricAsync(@operator.Address, "tendril_memory_saved_timestamp_seconds", saved => saved > now, TimeSpan.FromMinutes(2));
    }

    private static async Task<double> MetricAsync(Uri http, string name, Predicate<double> until, TimeSpan? bound = null)
    {
        var (value, text) = (0.0, "");
        await Wait.UntilAsync(
            async () =>
            {
                text = await GetAsync(http, "/metrics");
                var line = text.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal));
                value = double.Parse(line[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
                return until(value);
            },
            () => $"{name}; it is {value}", bound);
        return value;
    }
}
