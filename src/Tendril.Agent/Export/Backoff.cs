namespace Tendril.Agent.Export;

/// <summary>
/// How long to wait before the next try: between <see cref="Least"/> and a bound that doubles with each failure up to
/// <see cref="Most"/>, evenly spread, so that the agents of a whole fleet do not come back at one moment.
/// </summary>
internal sealed class Backoff(TimeSpan least, TimeSpan most, Random random)
{
    private int _failures;

    public TimeSpan Least { get; } = least;

    public TimeSpan Most { get; } = most;

    public TimeSpan Next()
    {
        _failures = Math.Min(_failures + 1, 30);
        var bound = Math.Min(Most.TotalMilliseconds, Least.TotalMilliseconds * (1L << _failures));
        return TimeSpan.FromMilliseconds(Least.TotalMilliseconds + random.NextDouble() * (bound - Least.TotalMilliseconds));
    }

    public void Reset() => _failures = 0;
}
