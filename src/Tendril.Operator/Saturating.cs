namespace Tendril.Operator;

/// <summary>Sums of what agents count, who may say anything: one that is too large is the largest number, where LINQ's would throw.</summary>
internal static class Saturating
{
    /// <param name="of">Not negative.</param>
    public static long Sum<T>(IEnumerable<T> items, Func<T, long> of)
    {
        var sum = 0L;
        foreach (var item in items)
        {
            var value = of(item);
            sum = value > long.MaxValue - sum ? long.MaxValue : sum + value;
        }

        return sum;
    }
}
