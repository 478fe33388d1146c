namespace Tendril.Graph;

/// <summary>What silence makes of an edge, and when that will next change. All in the graph's time, ticks UTC.</summary>
internal readonly struct Ageing(GraphOptions options, Downtimes downtimes)
{
    private readonly long _idleAfter = options.IdleAfter.Ticks;
    private readonly long _goneAfter = options.GoneAfter.Ticks;
    private readonly long _leaveAfter = options.GoneAfter.Ticks + options.RetainGone.Ticks;

    /// <summary>Silent since before this is forgotten.</summary>
    public long Horizon(long now) => downtimes.Before(now, _leaveAfter);

    /// <returns>"active", "idle" or "gone"; null when it is to leave.</returns>
    public string? StateOf(long lastSeen, bool isOpen, long now) => downtimes.Since(lastSeen, now) switch
    {
        _ when isOpen => "active",
        var silence when silence >= _leaveAfter => null,
        var silence when silence >= _goneAfter => "gone",
        var silence when silence >= _idleAfter => "idle",
        _ => "active",
    };

    /// <summary>When to look again. An edge with open connections is told "seen now" twice in the time that makes others idle.</summary>
    public long NextLook(long lastSeen, bool isOpen, long now)
    {
        if (isOpen)
            return now + Math.Max(1, _idleAfter / 2);

        var silence = downtimes.Since(lastSeen, now);
        return now - silence + (silence < _idleAfter ? _idleAfter : silence < _goneAfter ? _goneAfter : _leaveAfter);
    }
}
