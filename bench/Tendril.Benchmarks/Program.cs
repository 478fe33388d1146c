using Tendril.Benchmarks;
using Tendril.Benchmarks.Fleet;

// One subcommand for each question; each prints lines of name=value pairs.
var benchmarks = new Dictionary<string, Func<string[], int>>
{
    ["graph"] = GraphBench.Run,
    ["memory"] = MemoryBench.Run,
    ["connection"] = ConnectionCostBench.Run,
    ["agent"] = AgentCostBench.Run,
    ["start"] = AgentStartBench.Run,
    ["exact"] = ExactBench.Run,
    ["ingest"] = IngestBench.Run,
    ["fleet"] = FleetLoad.Run,
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var benchmark))
{
    Console.Error.WriteLine($"usage: Tendril.Benchmarks {string.Join('|', benchmarks.Keys)} [options]");
    return 2;
}

return benchmark(args[1..]);
