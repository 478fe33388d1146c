using System.Collections.Immutable;
using System.Threading.Channels;
using Tendril.Graph;

namespace Tendril.Operator.Ingest;

/// <summary>An edge with all that it is made of, and its newest connections.</summary>
internal sealed record EdgeAnswer(EdgeEvidence Evidence, ImmutableArray<ConnectionSample> Samples);

/// <summary>
/// Questions to the graph's writer, who alone may look behind the published snapshot. Few are held at a time; the writer answers between
/// two reports.
/// </summary>
internal sealed class EdgeQuestions
{
    private const int Capacity = 64;
    private readonly Channel<(string Id, TaskCompletionSource<EdgeAnswer?> Answer)> _asked =
        Channel.CreateBounded<(string, TaskCompletionSource<EdgeAnswer?>)>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>Null at once when too many wait; the answer is null when there is no such edge.</summary>
    public Task<EdgeAnswer?>? Ask(string edgeId)
    {
        var answer = new TaskCompletionSource<EdgeAnswer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _asked.Writer.TryWrite((edgeId, answer)) ? answer.Task : null;
    }

    /// <summary>Called by the writer.</summary>
    public void Answer(DependencyGraph graph, HostRuns runs)
    {
        while (_asked.Reader.TryRead(out var asked))
        {
            try
            {
                asked.Answer.SetResult(graph.Explain(asked.Id) is { } evidence ? new(evidence, runs.SamplesOf(evidence)) : null);
            }
            catch (Exception e)
            {
                // Whoever asked gets the fault; the writer goes on.
                asked.Answer.SetException(e);
            }
        }
    }
}
