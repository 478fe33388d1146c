using System.Diagnostics;

namespace Tendril.Agent.Capture;

/// <summary>The clock that bpf_ktime_get_ns reads, and its relation to the wall clock.</summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    /// <summary>CLOCK_MONOTONIC now, in nanoseconds: what Stopwatch reads on Linux.</summary>
    public static ulong Nanoseconds() => (ulong)(Stopwatch.GetTimestamp() * (1_000_000_000.0 / Stopwatch.Frequency));

    /// <summary>A monotonic time as microseconds since the Unix epoch, by the wall clock as it is set now.</summary>
    public ulong ToUnixMicros(ulong nanoseconds)
    {
        long ageNs = (long)(Nanoseconds() - nanoseconds);
        return NowMicros() - (ulong)Math.Max(0, ageNs / 1000);
    }

    public ReadingTime Now() => new(NowMicros(), Nanoseconds());

    public ulong NowMicros() => (ulong)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / 10;
}
