namespace Tendril.Operator.Doors;

/// <summary>So many a second, of which some seconds' worth can be saved up. Not for several threads at once.</summary>
internal sealed class Allowance
{
    private readonly double _perSecond;
    private readonly double _most;
    private readonly TimeProvider _clock;
    private double _left;
    private long _asOf;

    public Allowance(double perSecond, double most, TimeProvider clock)
    {
        (_perSecond, _most, _clock, _left) = (perSecond, most, clock, most);
        _asOf = clock.GetTimestamp();
    }

    /// <summary>All that can be saved up is there: nobody took any for a while.</summary>
    public bool IsFull => Left() >= _most;

    /// <summary>There is less than one.</summary>
    public bool IsEmpty => Left() < 1;

    /// <summary>How many of those that can be saved up are not there. May be asked by any thread.</summary>
    public double Spent => _most - Math.Min(_most, _left + _clock.GetElapsedTime(_asOf).TotalSeconds * _perSecond);

    /// <summary>Takes so many; false when there are not as many left, and then takes none.</summary>
    public bool TryTake(double count)
    {
        if (Left() < count)
        {
            return false;
        }

        _left -= count;
        return true;
    }

    private double Left()
    {
        var now = _clock.GetTimestamp();
        _left = Math.Min(_most, _left + _clock.GetElapsedTime(_asOf, now).TotalSeconds * _perSecond);
        _asOf = now;
        return _left;
    }
}
