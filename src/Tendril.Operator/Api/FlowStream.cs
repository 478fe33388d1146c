using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Tendril.Graph;
using Tendril.Operator.Ingest;

namespace Tendril.Operator.Api;

/// <summary>Flow events for one who follows over HTTP, from the same feed as `tendril observe` has them.</summary>
internal sealed class FlowStream(DependencyGraph graph, EdgeQuestions questions, TimeProvider clock)
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>In a flood the rest has its turn after this many flows.</summary>
    private const int AtATime = 256;

    /// <summary>Events until it is cancelled: a heartbeat at once and while there is nothing else, flows, and what was lost when that grew.</summary>
    public async IAsyncEnumerable<SseItem<byte[]>> Follow(FlowObserver observer, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var learning = Learn(observer.Filter.Edge);
        await learning.WaitAsync(Heartbeat, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task<bool>? some = null;
        var (lost, beat) = (0UL, clock.GetTimestamp());
        yield return Beat();
        while (!cancellation.IsCancellationRequested)
        {
            var hadFlows = false;
            for (var i = 0; i < AtATime && observer.Flows.TryRead(out var flow); i++)
            {
                hadFlows = true;
                yield return new(GraphJsonCache.Write(FlowDocument.Of(flow, clock.GetUtcNow()), ApiJson.Default.FlowDocument), "flow");
            }

            if (observer.Lost is var now && now != lost)
            {
                lost = now;
                yield return new(GraphJsonCache.Write(new(lost), ApiJson.Default.LostFlowsDocument), "lost");
            }

            if (clock.GetElapsedTime(beat) is var since && since >= Heartbeat)
            {
                beat = clock.GetTimestamp();
                learning = learning.IsCompleted ? Learn(observer.Filter.Edge) : learning;
                if (!hadFlows)
                {
                    yield return Beat();
                }

                continue;
            }

            some = some is null or { IsCompleted: true } ? observer.Flows.WaitToReadAsync(cancellation).AsTask() : some;
            await ((Task)some).WaitAsync(Heartbeat - since, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>An edge is made of other reports when a new process calls: asked for now and then, as the writer has to look.</summary>
    private async Task Learn(EdgeFlows? edge)
    {
        if (edge is not null && questions.Ask(edge.Id) is { } asked && await asked is { } answer)
        {
            edge.Learn(answer.Evidence.Reports);
        }
    }

    private SseItem<byte[]> Beat() =>
        new(GraphJsonCache.Write(new(clock.GetUtcNow(), graph.Current.Version), ApiJson.Default.HeartbeatDocument), "heartbeat");
}
