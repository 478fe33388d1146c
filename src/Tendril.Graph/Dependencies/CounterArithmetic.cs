namespace Tendril.Graph;

/// <summary>What the graph does with <see cref="Counters"/>, field by field.</summary>
internal static class CounterArithmetic
{
    public static Counters Max(in Counters a, in Counters b) => new(
        Math.Max(a.Opened, b.Opened), Math.Max(a.Failed, b.Failed), Math.Max(a.Closed, b.Closed),
        Math.Max(a.BytesSent, b.BytesSent), Math.Max(a.BytesReceived, b.BytesReceived), Math.Max(a.Retransmits, b.Retransmits),
        Math.Max(a.Adopted, b.Adopted));

    public static Counters Plus(this in Counters a, in Counters b) => new(
        a.Opened + b.Opened, a.Failed + b.Failed, a.Closed + b.Closed,
        a.BytesSent + b.BytesSent, a.BytesReceived + b.BytesReceived, a.Retransmits + b.Retransmits, a.Adopted + b.Adopted);

    public static Counters Minus(this in Counters a, in Counters b) => new(
        a.Opened - b.Opened, a.Failed - b.Failed, a.Closed - b.Closed,
        a.BytesSent - b.BytesSent, a.BytesReceived - b.BytesReceived, a.Retransmits - b.Retransmits, a.Adopted - b.Adopted);

    /// <summary>Seen from the other end: what one sent the other received.</summary>
    public static Counters FromOtherEnd(this in Counters a) => a with { BytesSent = a.BytesReceived, BytesReceived = a.BytesSent };

    /// <summary>Connections that were opened or tried; only these say that somebody meant the present owner of an endpoint.</summary>
    public static long Attempts(this in Counters a) => a.Opened + a.Failed;
}
