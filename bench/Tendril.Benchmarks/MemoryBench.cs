using System.Diagnostics;
using System.Globalization;
using Tendril.Graph;
using Tendril.Operator.Memory;

namespace Tendril.Benchmarks;

/// <summary>
/// What keeping a graph of 10,000 services and 500,000 dependencies costs: the graph's writer, which stands still meanwhile, and the task that writes to
/// the disk; and how long the operator takes to have it again.
/// </summary>
internal static class MemoryBench
{
    private const int EdgesPerNode = 50;
    private const int Changed = 5_000;
    private const int Rounds = 5;
    private const long MaxBytes = 4L << 30;

    public static int Run(string[] arguments)
    {
        var folder = Directory.CreateTempSubdirectory("tendril-bench-");
        try
        {
            Measure(Path.Combine(folder.FullName, "graph.db"));
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Measure(string path)
    {
        var world = new GraphWorld(EdgesPerNode);
        var graph = world.CreateGraph(out var run, Options());
        graph.Publish(GraphWorld.Start);

        // The first is whole; then everything changed, a hundredth, nothing.
        GraphRows rows = null!;
        var takeWhole = Milliseconds(() => rows = graph.TakeRows(whole: true));
        double writeWhole, writeFew;
        List<double> takeAll = [], takeFew = [], takeNothing = [], writes = [];
        long bytes;
        using (var file = new MemoryFile(path, MaxBytes))
        {
            file.Read();
            writeWhole = Milliseconds(() => file.Write(rows, [], []));
            for (var round = 0; round < Rounds; round++)
            {
                world.Advance();
                graph.Apply(run, world.Observations);
                takeAll.Add(Milliseconds(() => graph.TakeRows(whole: false)));
                world.Advance();
                graph.Apply(run, world.Observations.AsSpan(0, Changed));
                takeFew.Add(Milliseconds(() => rows = graph.TakeRows(whole: false)));
                writes.Add(Milliseconds(() => file.Write(rows, [], [])));
                takeNothing.Add(Milliseconds(() => graph.TakeRows(whole: false)));
            }

            writeFew = Median(writes);
            bytes = file.UsedBytes;
        }

        double read, restore;
        int edges;
        using (var file = new MemoryFile(path, MaxBytes))
        {
            read = Milliseconds(() => rows = file.Read().Rows);
            var restored = GraphWorld.CreateEmptyGraph(Options());
            restore = Milliseconds(() =>
            {
                restored.Restore(rows, GraphWorld.Start.AddMinutes(1));
                restored.Publish(GraphWorld.Start.AddMinutes(1));
            });
            edges = restored.Current.Edges.Length;
        }

        var count = world.Observations.Length;
        Print($"memory dependencies={count} edges={graph.Current.Edges.Length} restored_edges={edges} memory_mb={bytes / 1e6:F0} memory_bytes_per_dependency={bytes / (double)count:F0}");
        Print($"take_whole_ms={takeWhole:F0} take_all_ms={Median(takeAll):F0} take_5000_ms={Median(takeFew):F1} take_nothing_ms={Median(takeNothing):F1}");
        Print($"write_whole_ms={writeWhole:F0} write_5000_ms={writeFew:F0} read_ms={read:F0} restored_ms={read + restore:F0}");
    }

    private static GraphOptions Options() => new() { MaxEdges = 1_000_000, GoneAfter = TimeSpan.FromDays(365), RetainGone = TimeSpan.FromDays(365) };

    private static double Milliseconds(Action work)
    {
        var begun = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
