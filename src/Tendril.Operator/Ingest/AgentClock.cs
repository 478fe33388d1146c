namespace Tendril.Operator.Ingest;

/// <summary>
/// How far an agent's wall clock is from the graph's time. Small differences are the way that a report takes; a large one is corrected, or what that agent
/// reports would be old before it is new. It changes only by large steps, so that what two reports say stays in order.
/// </summary>
internal sealed class AgentClock
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(1);
    private TimeSpan _behind;

    /// <summary>Times of a report that was written at <paramref name="writtenUs"/> by the agent's clock, 0 if it does not say.</summary>
    public ReportTime Read(ulong writtenUs, DateTimeOffset now)
    {
        if (writtenUs is > 0 and < long.MaxValue / TimeSpan.TicksPerMicrosecond / 2)
        {
            var behind = now - DateTimeOffset.UnixEpoch - TimeSpan.FromMicroseconds(writtenUs);
            if ((behind - _behind).Duration() > Tolerated)
            {
                _behind = behind.Duration() > Tolerated ? behind : TimeSpan.Zero;
            }
        }

        // Not by way of a date: it may be beyond the calendar.
        return new(now, _behind.Ticks / TimeSpan.TicksPerMicrosecond);
    }
}

/// <param name="Now">The graph's time when the report was read.</param>
/// <param name="BehindMicros">What is added to each of its times.</param>
internal readonly record struct ReportTime(DateTimeOffset Now, long BehindMicros)
{
    /// <summary>At most <see cref="Now"/>.</summary>
    public DateTimeOffset Of(ulong micros) =>
        WireTime.Read(BehindMicros < 0 ? micros - Math.Min(micros, (ulong)-BehindMicros) : micros + Math.Min((ulong)BehindMicros, ulong.MaxValue - micros), Now);
}
