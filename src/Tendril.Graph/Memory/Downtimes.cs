namespace Tendril.Graph;

/// <summary>
/// When nobody kept the graph. Nothing grows old in these: a graph that was restored after a night is not thrown away because nobody
/// could report to it, and ages from then on as if there had been no night.
/// </summary>
internal sealed class Downtimes
{
    /// <summary>Of an operator that restarts for ever the oldest are forgotten; what was silent before them is older then than it should be.</summary>
    private const int Most = 64;

    private readonly List<Downtime> _spans = [];

    public IReadOnlyList<Downtime> Spans => _spans;

    /// <summary>When what was restored was true; 0 for a graph that was not.</summary>
    public long RestoredFrom { get; set; }

    /// <summary>Notes one that is later than all others; one that ends before it begins, by a clock that was set back, is none.</summary>
    public void Add(Downtime span)
    {
        var from = _spans.Count == 0 ? span.From : Math.Max(span.From, _spans[^1].Until);
        if (from >= span.Until)
            return;

        _spans.Add(span with { From = from });
        if (_spans.Count > Most)
            _spans.RemoveAt(0);
    }

    /// <summary>How long ago a moment is.</summary>
    public long Since(long moment, long now)
    {
        var elapsed = now - moment;
        for (var i = _spans.Count - 1; i >= 0 && _spans[i].Until > moment; i--)
            elapsed -= _spans[i].Until - Math.Max(moment, _spans[i].From);
        return elapsed;
    }

    /// <summary>The moment that is so long ago.</summary>
    public long Before(long now, long elapsed)
    {
        var moment = now - elapsed;
        for (var i = _spans.Count - 1; i >= 0 && _spans[i].Until > moment; i--)
            moment -= _spans[i].Until - _spans[i].From;
        return moment;
    }
}
