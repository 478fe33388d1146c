using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Tendril.Protocol;

namespace Tendril.Benchmarks;

/// <summary>
/// Dependency updates that a real operator takes from one agent's stream over real gRPC: a second of wall time, and a second of its
/// own CPU time. Each update changes its counters. Ends with a look at the graph: it must hold exactly what was sent.
/// </summary>
internal static class IngestBench
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3), PublishWithin = TimeSpan.FromSeconds(10);

    public static int Run(string[] args) => RunAsync(args).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] args)
    {
        string path = BenchOptions.Get(args, "--operator", "artifacts/operator/tendril-operator");
        var duration = TimeSpan.FromSeconds(double.Parse(BenchOptions.Get(args, "--seconds", "10"), CultureInfo.InvariantCulture));
        // One agent sends what a thousand would: as fast as it is taken, not as fast as an agent may.
        using var server = Child.StartOperator(path, "--http", BenchPorts.Http, "--grpc", BenchPorts.Grpc, "--max-agent-messages", "1000000", "--max-agent-bytes", "1073741824");
        using var limit = new CancellationTokenSource(WarmUp + duration + TimeSpan.FromSeconds(60));
        using var channel = GrpcChannel.ForAddress($"http://{BenchPorts.Grpc}");
        using var call = new Ingest.IngestClient(channel).Connect(cancellationToken: limit.Token);
        var world = new IngestWorld(TimeProvider.System);
        await call.RequestStream.WriteAsync(new() { Hello = world.Hello() }, limit.Token);
        var everyone = world.Everyone();
        await call.RequestStream.WriteAsync(new() { Report = everyone }, limit.Token);
        await AcknowledgedAsync(call, everyone.Sequence, limit.Token);
        await SendAsync(call, world, WarmUp, limit.Token);

        long before = world.Passes, started = Stopwatch.GetTimestamp();
        var cpuBefore = server.CpuTime();
        await SendAsync(call, world, duration, limit.Token);
        double wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var cpu = server.CpuTime();
        double updates = (world.Passes - before) * (double)IngestWorld.Dependencies;
        double cpuSeconds = (cpu.User + cpu.System - cpuBefore.User - cpuBefore.System).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ingest_updates_per_s={updates / wall:0} ingest_updates_per_core_s={updates / cpuSeconds:0} ingest_cores={cpuSeconds / wall:0.##} operator_rss_mb={server.ResidentMib():0}"));
        await call.RequestStream.CompleteAsync();
        return await IsExactAsync(world, limit.Token) ? 0 : 1;
    }

    /// <summary>Sends for a while, then waits until all of it is in the graph. Flow control holds us back where the operator is slower.</summary>
    private static async Task SendAsync(
        AsyncDuplexStreamingCall<AgentMessage, OperatorMessage> call, IngestWorld world, TimeSpan duration, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        ulong last = 0;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            foreach (var report in world.NextPass())
            {
                await call.RequestStream.WriteAsync(new() { Report = report }, cancellation);
                last = report.Sequence;
            }
        }

        await AcknowledgedAsync(call, last, cancellation);
    }

    private static async Task AcknowledgedAsync(AsyncDuplexStreamingCall<AgentMessage, OperatorMessage> call, ulong sequence, CancellationToken cancellation)
    {
        while (await call.ResponseStream.MoveNext(cancellation))
        {
            if (call.ResponseStream.Current.Acknowledgement?.Sequence >= sequence)
            {
                return;
            }
        }

        throw new InvalidOperationException("the operator ended the stream");
    }

    /// <summary>The graph is published at intervals; until then the newest reports are not in it.</summary>
    private static async Task<bool> IsExactAsync(IngestWorld world, CancellationToken cancellation)
    {
        long expected = world.Passes * IngestWorld.Dependencies, started = Stopwatch.GetTimestamp();
        using var http = new HttpClient();
        long edges = 0, opened = 0;
        while (Stopwatch.GetElapsedTime(started) < PublishWithin)
        {
            await using var body = await http.GetStreamAsync(new Uri($"http://{BenchPorts.Http}/api/dependency-graph"), cancellation);
            using var graph = await JsonDocument.ParseAsync(body, cancellationToken: cancellation);
            var totals = graph.RootElement.GetProperty("totals");
            (edges, opened) = (totals.GetProperty("edges").GetInt64(), totals.GetProperty("connectionsOpened").GetInt64());
            if (edges == IngestWorld.Dependencies && opened == expected)
            {
                return true;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellation);
        }

        Console.Error.WriteLine($"the operator's graph is wrong: {edges} edges of {IngestWorld.Dependencies}, {opened} connections of {expected}");
        return false;
    }
}
