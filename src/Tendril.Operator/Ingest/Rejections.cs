using System.Collections.Concurrent;

namespace Tendril.Operator.Ingest;

/// <summary>Counts what was not taken, by reason. The reasons are a fixed few, so nobody can grow the table.</summary>
internal sealed class Rejections
{
    public const string Address = "address";
    public const string Port = "port";
    public const string Transport = "transport";
    public const string Role = "role";
    public const string Counters = "counters";
    public const string ProcessNumber = "process_number";
    public const string RttBuckets = "rtt_buckets";
    public const string TooManyProcesses = "too_many_processes";
    public const string TooManyListeners = "too_many_listeners";
    public const string Hello = "hello";
    public const string Report = "report";
    public const string Superseded = "superseded";
    public const string FlowKind = "flow_kind";

    private readonly ConcurrentDictionary<string, long> _counts = new();

    public IReadOnlyDictionary<string, long> Counts => _counts;

    public void Add(string reason, long count = 1) => _counts.AddOrUpdate(reason, count, (_, before) => before + count);
}
