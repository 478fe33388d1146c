namespace Tendril.Graph;

/// <summary>What the graph does with <see cref="Counters"/>, field by field.</summary>
internal static class CounterArithmetic
{
    public static Counters Max(in Counters a, in Counters b) => new(
        Math.Max(a.Opened, b.Opened), Math.Max(a.Failed, b.Failed), Math.Max(a.Closed, b.Closed),
        Math.Max(a.BytesSent, b.BytesSent), Math.Max(a.BytesReceived, b.BytesReceived), Math.Max(a.Retransmits, b.Retransmits),
        Math.Max(a.Adopted, b.Adopted));

    /// <summary>A sum that is too large is the largest number: each counter may be as large as an agent says.</summary>
    public static Counters Plus(this in Counters a, in Counters b) => new(
        Add(a.Opened, b.Opened), Add(a.Failed, b.Failed), Add(a.Closed, b.Closed),
        Add(a.BytesSent, b.BytesSent), Add(a.BytesReceived, b.BytesReceived), Add(a.Retransmits, b.Retransmits), Add(a.Adopted, b.Adopted));

    public static Counters Minus(this in Counters a, in Counters b) => new(
        a.Opened - b.Opened, a.Failed - b.Failed, a.Closed - b.Closed,
        a.BytesSent - b.BytesSent, a.BytesReceived - b.BytesReceived, a.Retransmits - b.Retransmits, a.Adopted - b.Adopted);

    public static RareCounters Max(in RareCounters a, in RareCounters b) => new(
        Math.Max(a.Refused, b.Refused), Math.Max(a.TimedOut, b.TimedOut), Math.Max(a.Unreachable, b.Unreachable), Math.Max(a.Abandoned, b.Abandoned),
        Math.Max(a.DatagramsSent, b.DatagramsSent), Math.Max(a.DatagramsReceived, b.DatagramsReceived));

    public static RareCounters Plus(this in RareCounters a, in RareCounters b) => new(
        Add(a.Refused, b.Refused), Add(a.TimedOut, b.TimedOut), Add(a.Unreachable, b.Unreachable), Add(a.Abandoned, b.Abandoned),
        Add(a.DatagramsSent, b.DatagramsSent), Add(a.DatagramsReceived, b.DatagramsReceived));

    public static RareCounters Minus(this in RareCounters a, in RareCounters b) => new(
        a.Refused - b.Refused, a.TimedOut - b.TimedOut, a.Unreachable - b.Unreachable, a.Abandoned - b.Abandoned,
        a.DatagramsSent - b.DatagramsSent, a.DatagramsReceived - b.DatagramsReceived);

    public static RareCounters FromOtherEnd(this in RareCounters a) =>
        a with { DatagramsSent = a.DatagramsReceived, DatagramsReceived = a.DatagramsSent };

    /// <summary>Seen from the other end: what one sent the other received.</summary>
    public static Counters FromOtherEnd(this in Counters a) => a with { BytesSent = a.BytesReceived, BytesReceived = a.BytesSent };

    /// <summary>Connections that were opened or tried; only these say that somebody meant the present owner of an endpoint.</summary>
    public static long Attempts(this in Counters a) => a.Opened + a.Failed;

    private static long Add(long a, long b)
    {
        var sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) < 0 ? long.MaxValue : sum;
    }
}
