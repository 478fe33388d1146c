namespace Tendril.Benchmarks;

/// <summary>Where a benchmark's own operator listens: away from the ports of one that is used. scripts/bench.sh checks that they are free.</summary>
internal static class BenchPorts
{
    public const string Http = "127.0.0.1:18980";
    public const string Grpc = "127.0.0.1:18951";
}
