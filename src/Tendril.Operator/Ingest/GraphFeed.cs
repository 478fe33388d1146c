namespace Tendril.Operator.Ingest;

/// <summary>Wakes those who follow the graph. It holds nothing for them: each asks the graph for the changes since what it last had.</summary>
internal sealed class GraphFeed
{
    private TaskCompletionSource _next = Create();

    /// <summary>Completes when the graph is published next. Take it before looking at the graph, so that nothing is missed.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Published() => Interlocked.Exchange(ref _next, Create()).TrySetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
