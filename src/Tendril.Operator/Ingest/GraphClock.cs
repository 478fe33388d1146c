namespace Tendril.Operator.Ingest;

/// <summary>
/// The graph's time. A wall clock that is set makes no edge old, or young, at once: this one goes on as before, and up to half as fast again, or half as
/// slow, until both agree. It never goes back.
/// </summary>
internal sealed class GraphClock
{
    private const double MostCorrection = 0.5;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private DateTimeOffset _now;
    private long _asOf;

    public GraphClock(TimeProvider clock)
    {
        _clock = clock;
        (_now, _asOf) = (clock.GetUtcNow(), clock.GetTimestamp());
    }

    public DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            var timestamp = _clock.GetTimestamp();
            var elapsed = _clock.GetElapsedTime(_asOf, timestamp);
            var behind = _clock.GetUtcNow() - (_now + elapsed);
            var most = elapsed * MostCorrection;
            _now += elapsed + (behind > most ? most : behind < -most ? -most : behind);
            _asOf = timestamp;
            return _now;
        }
    }
}
