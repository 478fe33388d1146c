using System.Text.Json.Nodes;
using Tendril.EndToEnd.Tests.Harness;

namespace Tendril.Truth.Tests.Accuracy;

/// <summary>Asks for the graph again and again, and remembers when each edge was in an answer for the first time.</summary>
internal sealed class GraphWatch : IAsyncDisposable
{
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(150);

    private readonly OperatorProcess _operator;
    private readonly Dictionary<(string Client, string Server, string Wire), DateTime> _seen = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _watching;
    private TimeSpan _pause = Eager;
    private (JsonNode Graph, DateTime Time) _latest;

    public GraphWatch(OperatorProcess @operator)
    {
        _operator = @operator;
        _watching = WatchAsync();
    }

    /// <summary>No more hurry: all that was to be timed has been seen.</summary>
    public void CalmDown() => _pause = Calm;

    /// <summary>The next answer to a question that is not asked yet.</summary>
    public async Task<JsonNode> NextAsync()
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        while (true)
        {
            if (_watching.IsCompleted)
            {
                await _watching;
            }

            lock (_seen)
            {
                if (_latest.Time > now)
                {
                    return _latest.Graph;
                }
            }

            await Task.Delay(Eager, TestContext.Current.CancellationToken);
        }
    }

    public DateTime? FirstSeen(ExpectedFact edge)
    {
        lock (_seen)
        {
            return _seen.TryGetValue((edge.Client, edge.Server, edge.Wire), out var time) ? time : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _watching.ContinueWith(_ => { }, TaskScheduler.Default);
        _end.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            var asked = TimeProvider.System.GetUtcNow().UtcDateTime;
            var graph = JsonNode.Parse(await _operator.GetAsync("/api/dependency-graph"))!;
            var answered = TimeProvider.System.GetUtcNow().UtcDateTime;
            lock (_seen)
            {
                _latest = (graph, asked);
                foreach (var edge in ActualFact.ReadAll(graph))
                {
                    _seen.TryAdd((edge.Client, edge.Server, edge.Wire), answered);
                }
            }

            await Task.Delay(_pause, CancellationToken.None);
        }
    }
}
