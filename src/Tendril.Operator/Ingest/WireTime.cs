namespace Tendril.Operator.Ingest;

/// <summary>Times on the wire are microseconds since the Unix epoch.</summary>
internal static class WireTime
{
    /// <summary>A time in the future would never age, so it counts as now. Agents' clocks may be wrong.</summary>
    public static DateTimeOffset Read(ulong micros, DateTimeOffset now)
    {
        var latest = now.ToUnixTimeMilliseconds() * 1000;
        return micros >= (ulong)latest ? now : DateTimeOffset.UnixEpoch.AddTicks((long)micros * TimeSpan.TicksPerMicrosecond);
    }

    public static long ToMicros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
