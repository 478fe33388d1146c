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

    /// <summary>Calls without a certificate that does, for another host than that of the certificate, and beyond what one agent may send.</summary>
    public const string Certificate = "certificate";
    public const string OtherHost = "other_host";
    public const string AgentMessages = "agent_messages";
    public const string AgentBytes = "agent_bytes";

    /// <summary>Wrong tokens.</summary>
    public const string SignIn = "sign_in";

    /// <summary>Clients of a live stream that read nothing for too long.</summary>
    public const string StalledReader = "stalled_reader";

    /// <summary>Beyond the graph's own bounds: dependencies, processes and listeners that it did not take.</summary>
    public const string GraphDependencies = "graph_dependencies";
    public const string GraphProcesses = "graph_processes";
    public const string GraphListeners = "graph_listeners";

    private readonly ConcurrentDictionary<string, long> _counts = new();

    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Takes over a count that is kept elsewhere.</summary>
    public void Set(string reason, long count)
    {
        if (count > 0)
        {
            _counts[reason] = count;
        }
    }

    public void Add(string reason, long count = 1) => _counts.AddOrUpdate(reason, count, (_, before) => before + count);
}
