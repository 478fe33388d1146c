namespace Tendril.Graph;

/// <summary>Quantiles of a histogram whose bucket i counts [2^i, 2^(i+1)) microseconds.</summary>
internal static class RoundTrips
{
    /// <returns>Null when nothing was measured.</returns>
    public static RttQuantiles? Quantiles(ReadOnlySpan<long> buckets)
    {
        var total = 0L;
        foreach (var count in buckets)
            total += Math.Max(0, count);
        return total == 0 ? null : new RttQuantiles(Quantile(buckets, total * 0.50), Quantile(buckets, total * 0.99));
    }

    /// <summary>Assumes that round trips are spread evenly inside a bucket; the last, open-ended one is taken for as wide as it would be.</summary>
    private static double Quantile(ReadOnlySpan<long> buckets, double rank)
    {
        for (var i = 0; i < buckets.Length; i++)
        {
            if (buckets[i] > 0 && rank <= buckets[i])
                return Math.Round(Math.ScaleB(1 + (rank / buckets[i]), i), 1);
            rank -= Math.Max(0, buckets[i]);
        }

        return Math.ScaleB(1, buckets.Length);
    }
}
