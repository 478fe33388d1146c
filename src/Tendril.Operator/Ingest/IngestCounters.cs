using Tendril.Protocol;

namespace Tendril.Operator.Ingest;

/// <summary>How much came in since the operator's start.</summary>
internal sealed class IngestCounters
{
    private long _reports;
    private long _dependencyUpdates;

    public long Reports => Volatile.Read(ref _reports);

    public long DependencyUpdates => Volatile.Read(ref _dependencyUpdates);

    public void CountReport(Report report)
    {
        Interlocked.Increment(ref _reports);
        Interlocked.Add(ref _dependencyUpdates, report.Dependencies.Count);
    }
}
