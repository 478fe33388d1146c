namespace Tendril.Graph;

/// <summary>
/// Cumulative counts of round trips by powers of two, kept without the empty buckets at both ends: most dependencies fill five of
/// the twenty. Counts stop at 4 billion, where a quantile is as good as it gets.
/// </summary>
internal struct RttBuckets
{
    /// <summary>As many as the wire carries; the last is open-ended.</summary>
    public const int Length = 20;

    private uint[]? _counts;

    private byte _first;

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
        for (var i = 0; i < (_counts?.Length ?? 0); i++)
            sums[_first + i] += _counts![i];
        for (var i = 0; i < (baseline._counts?.Length ?? 0); i++)
            sums[baseline._first + i] -= baseline._counts![i];
    }

    public readonly RttBuckets Copy() => new() { _counts = _counts is null ? null : [.. _counts], _first = _first };

    private ref uint Bucket(int bucket)
    {
        if (_counts is null)
        {
            (_counts, _first) = (new uint[1], (byte)bucket);
        }
        else if (bucket < _first || bucket >= _first + _counts.Length)
        {
            var first = Math.Min(bucket, _first);
            var counts = new uint[Math.Max(bucket + 1, _first + _counts.Length) - first];
            _counts.CopyTo(counts, _first - first);
            (_counts, _first) = (counts, (byte)first);
        }

        return ref _counts[bucket - _first];
    }
}
