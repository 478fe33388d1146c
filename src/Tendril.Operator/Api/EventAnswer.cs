using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Tendril.Operator.Ingest;

namespace Tendril.Operator.Api;

/// <summary>
/// Server-sent events for a client that reads them. One that does not holds the event it was given, which may be the whole graph, so it is cut
/// off and counted; a browser connects again by itself.
/// </summary>
internal sealed partial class EventAnswer(OpenStreams streams, Rejections rejections, OperatorOptions options, TimeProvider clock, ILogger<EventAnswer> log)
{
    /// <summary>Beyond <see cref="OperatorOptions.StalledAfter"/> a slow client has as long as it takes at this pace.</summary>
    private const double SlowestBytesPerSecond = 256 * 1024;

    /// <param name="context">The call.</param>
    /// <param name="leave">Called once, when its answer is complete.</param>
    /// <param name="events">What to send until either end goes, which the token says.</param>
    public IResult Of(HttpContext context, Action leave, Func<CancellationToken, IAsyncEnumerable<SseItem<byte[]>>> events) =>
        TypedResults.ServerSentEvents(Watched(context, events(streams.Begin(context, leave))));

    private async IAsyncEnumerable<SseItem<byte[]>> Watched(
        HttpContext context, IAsyncEnumerable<SseItem<byte[]>> events, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using var watch = clock.CreateTimer(_ => CutOff(context), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await foreach (var each in events.WithCancellation(cancellation))
        {
            watch.Change(options.StalledAfter + TimeSpan.FromSeconds(each.Data.Length / SlowestBytesPerSecond), Timeout.InfiniteTimeSpan);
            // We are asked for the next one when this one is written.
            yield return each;
            watch.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void CutOff(HttpContext context)
    {
        rejections.Add(Rejections.StalledReader);
        Log.Stalled(log, context.Connection.RemoteIpAddress?.ToString() ?? "", context.Request.Path, options.StalledAfter.TotalSeconds);
        context.Abort();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The client at {Address} that follows {Path} took nothing for {Seconds} s and is cut off (--stalled-after).", EventName = nameof(Stalled))]
        public static partial void Stalled(ILogger logger, string address, string path, double seconds);
    }
}
