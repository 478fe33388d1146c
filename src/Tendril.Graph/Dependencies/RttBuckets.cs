namespace Tendril.Graph;

/// <summary>
/// Cumulative counts of round trips by powers of two, kept without the empty buckets at both ends: most dependencies fill five of
/// the twenty. Counts stop at 4 billion, where a quantile is as good as it gets.
/// </summary>
internal struct RttBuckets
{
    /// <summary>As many as the wire carries; the last is open-ended.</summary>
    public const int Length = 20;

    /// <summary>The number of the first bucket kept, then the counts.</summary>
    private uint[]? _counts;

    public readonly bool IsEmpty => _counts is null;

    /// <summary>Keeps the larger count of each bucket.</summary>
    /// <returns>True when a count grew.</returns>
    public bool Merge(ReadOnlySpan<long> observed)
    {
        observed = observed[..Math.Min(observed.Length, Length)];
        var changed = false;
        for (var i = 0; i < observed.Length; i++)
        {
            if (observed[i] <= 0)
                continue;

            var count = (uint)Math.Min(observed[i], uint.MaxValue);
            ref var kept = ref Bucket(i);
            changed |= count > kept;
            kept = Math.Max(kept, count);
        }

        return changed;
    }

    /// <summary>Adds what is here, less what was there at <paramref name="baseline"/>, to <paramref name="sums"/>.</summary>
    public readonly void AddTo(Span<long> sums, in RttBuckets baseline)
    {
        for (var i = 1; i < (_counts?.Length ?? 0); i++)
            sums[(int)_counts![0] + i - 1] += _counts[i];
        for (var i = 1; i < (baseline._counts?.Length ?? 0); i++)
            sums[(int)baseline._counts![0] + i - 1] -= baseline._counts[i];
    }

    public readonly uint[]? ToRow() => Copy()._counts;

    /// <summary>What <see cref="ToRow"/> gave; nothing where it cannot be that.</summary>
    public static RttBuckets OfRow(IReadOnlyList<uint>? row) =>
        row is { Count: > 1 } && row[0] + (row.Count - 1) <= Length ? new() { _counts = [.. row] } : default;

    public readonly RttBuckets Copy() => new() { _counts = _counts is null ? null : [.. _counts] };

    private ref uint Bucket(int bucket)
    {
        var (first, length) = _counts is null ? (bucket, 0) : ((int)_counts[0], _counts.Length - 1);
        if (bucket < first || bucket >= first + length)
        {
            var begin = Math.Min(bucket, first);
            var counts = new uint[Math.Max(bucket + 1, first + length) - begin + 1];
            counts[0] = (uint)begin;
            _counts?.AsSpan(1).CopyTo(counts.AsSpan(1 + first - begin));
            (_counts, first) = (counts, begin);
        }

        return ref _counts![1 + bucket - first];
    }
}
