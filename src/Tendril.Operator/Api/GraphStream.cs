using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Tendril.Graph;
using Tendril.Operator.Ingest;

namespace Tendril.Operator.Api;

/// <summary>
/// The live stream: a snapshot, then changes, at most one a second. Nothing is queued for a follower: it asks for the changes since
/// what it last had, so one that stalls gets all it missed as one event, or a new snapshot when that is too far back.
/// </summary>
internal sealed class GraphStream(
    DependencyGraph graph, GraphFeed feed, AgentRegistry agents, GraphJsonCache json, StatsSource stats, GraphClock graphClock, TimeProvider clock)
{
    public const int MaxFollowers = 256;
    private static readonly TimeSpan AtMostEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private readonly string _start = WireTime.ToMicros(stats.StartedAt).ToString("x", CultureInfo.InvariantCulture);
    private int _followers;

    /// <summary>False when as many follow as may.</summary>
    public bool TryJoin()
    {
        if (Interlocked.Increment(ref _followers) <= MaxFollowers)
        {
            return true;
        }

        Interlocked.Decrement(ref _followers);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _followers);

    /// <summary>Events for one follower until it is cancelled.</summary>
    /// <param name="lastEventId">What the follower had before its connection broke; null or unknown: it gets a snapshot.</param>
    public async IAsyncEnumerable<SseItem<byte[]>> Follow(string? lastEventId, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var version = ReadId(lastEventId);
        var agentsRevision = -1;
        while (!cancellation.IsCancellationRequested)
        {
            var since = clock.GetTimestamp();
            var agentsChanged = agentsRevision != (agentsRevision = agents.Revision);
            if (Advance(ref version, agentsChanged) is { } item)
            {
                yield return item;
                await Task.Delay(AtMostEvery, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            else if (!await UntilChanged(version, agentsRevision, since, cancellation) && !cancellation.IsCancellationRequested)
            {
                var beat = new HeartbeatDocument(graphClock.GetUtcNow(), version!.Value);
                yield return Event(GraphJsonCache.Write(beat, ApiJson.Default.HeartbeatDocument), "heartbeat", beat.Version);
            }
        }
    }

    /// <summary>The next event, or null when there is nothing to tell. Agents come and go without a new version: then the changes are empty, the stats are not.</summary>
    private SseItem<byte[]>? Advance(ref long? version, bool agentsChanged)
    {
        var current = graph.Current;
        if (version == current.Version)
        {
            var nothing = new GraphChanges(current.Version, current.Version, graphClock.GetUtcNow(), [], [], [], [], current.Totals);
            return agentsChanged ? Event(json.Changes(nothing, stats.Stats()), "changes", current.Version) : null;
        }

        if (version is { } from && graph.ChangesSince(from) is { } changes)
        {
            version = changes.Version;
            return Event(json.Changes(changes, stats.Stats()), "changes", changes.Version);
        }

        version = current.Version;
        return Event(json.Graph(current, stats.Stats(), graphClock.GetUtcNow()), "snapshot", current.Version);
    }

    /// <summary>True when there is something new; false when it is time for a heartbeat.</summary>
    private async Task<bool> UntilChanged(long? version, int agentsRevision, long since, CancellationToken cancellation)
    {
        while (true)
        {
            // Taken before the look, so that a change in between wakes us.
            var next = feed.Next;
            if (graph.Current.Version != version || agents.Revision != agentsRevision)
            {
                return true;
            }

            var left = Heartbeat - clock.GetElapsedTime(since);
            if (left <= TimeSpan.Zero || cancellation.IsCancellationRequested)
            {
                return false;
            }

            await next.WaitAsync(left, clock, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private SseItem<byte[]> Event(byte[] data, string type, long version) => new(data, type) { EventId = $"{_start}-{version}" };

    private long? ReadId(string? id) =>
        id?.Split('-') is [var start, var version] && start == _start
        && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
