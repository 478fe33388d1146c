using Tendril.Agent.Capture;

namespace Tendril.Agent.Dependencies;

/// <summary>
/// When things that the counters will tell of later really began, as flow events told: a reading comes up to a second after, and which of two
/// services a connection was meant for is decided by what was first. Bounded; what is not in it began when it was read.
/// </summary>
internal sealed class FirstTimes
{
    private const int Max = 4096;
    private readonly Dictionary<DependencyKey, ulong> _times = [];

    public void Note(in DependencyKey key, ulong timeUs)
    {
        if (_times.Count >= Max)
        {
            _times.Clear();
        }

        _times.TryAdd(key, timeUs);
    }

    /// <summary>The time that was noted, once; else <paramref name="nowUs"/>.</summary>
    public ulong Take(in DependencyKey key, ulong nowUs) => _times.Remove(key, out ulong timeUs) ? Math.Min(timeUs, nowUs) : nowUs;
}
