using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tendril.Graph;

namespace Tendril.Benchmarks;

/// <summary>The graph in process, on one core: updates merged, memory, publication and JSON of 10,000 nodes and 50,000 edges.</summary>
internal static class GraphBench
{
    private const int Rounds = 15;

    public static int Run(string[] arguments)
    {
        var world = new GraphWorld();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var graph = world.CreateGraph(out var run);
        graph.Publish(GraphWorld.Start);
        var bytesPerEdge = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)graph.Current.Edges.Length;

        var updates = UpdatesPerSecond(graph, run, world);
        var fewChanges = PublishMilliseconds(graph, run, world);
        var nothing = Median(() => graph.Publish(GraphWorld.Start.AddSeconds(30)));
        var newEdge = PublishWithNewEdgeMilliseconds(graph, run);
        var json = Median(() => JsonSerializer.Serialize(Stream.Null, graph.Current, GraphJson.Default.GraphSnapshot));
        using var buffer = new MemoryStream();
        JsonSerializer.Serialize(buffer, graph.Current, GraphJson.Default.GraphSnapshot);
        Print($"graph nodes={graph.Current.Nodes.Length} edges={graph.Current.Edges.Length} json_mb={buffer.Length / 1e6:F1}");
        Print($"updates_per_s={updates:F0} bytes_per_edge={bytesPerEdge:F0} publish_ms={fewChanges:F2} publish_unchanged_ms={nothing:F2} publish_new_edge_ms={newEdge:F2} snapshot_json_ms={json:F1}");
        GC.KeepAlive(graph);
        return 0;
    }

    /// <summary>Every update changes its counters: the dearest kind. Batches of 1,000 as a report has them.</summary>
    private static double UpdatesPerSecond(DependencyGraph graph, AgentRun run, GraphWorld world)
    {
        var rates = new double[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            world.Advance();
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < world.Observations.Length; i += 1000)
                graph.Apply(run, world.Observations.AsSpan(i, Math.Min(1000, world.Observations.Length - i)));
            rates[round] = world.Observations.Length / watch.Elapsed.TotalSeconds;
            graph.Publish(GraphWorld.Start.AddSeconds(round));
        }

        Array.Sort(rates);
        return rates[Rounds / 2];
    }

    private static double PublishMilliseconds(DependencyGraph graph, AgentRun run, GraphWorld world)
    {
        var second = 15;
        return Median(() => graph.Publish(GraphWorld.Start.AddSeconds(second++)), () =>
        {
            world.Advance();
            graph.Apply(run, world.Observations.AsSpan(0, 100));
        });
    }

    /// <summary>A new edge changes the topology: tiers and cycles are found anew.</summary>
    private static double PublishWithNewEdgeMilliseconds(DependencyGraph graph, AgentRun run)
    {
        var number = 0;
        return Median(() => graph.Publish(GraphWorld.Start.AddSeconds(31)), () => graph.Apply(run, [GraphWorld.NewDependency(number++)]));
    }

    private static double Median(Action action, Action? prepare = null)
    {
        var times = new double[Rounds];
        for (var round = -3; round < Rounds; round++)
        {
            prepare?.Invoke();
            var watch = Stopwatch.StartNew();
            action();
            if (round >= 0)
                times[round] = watch.Elapsed.TotalMilliseconds;
        }

        Array.Sort(times);
        return times[Rounds / 2];
    }

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
