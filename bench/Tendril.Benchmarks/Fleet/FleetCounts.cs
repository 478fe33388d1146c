namespace Tendril.Benchmarks.Fleet;

/// <summary>What a dependency has counted so many seconds after the fleet began: worked out, not kept.</summary>
internal sealed class FleetCounts(double rate, double failing)
{
    /// <summary>The mean of 2^-4 to 2^4.</summary>
    private const double MeanFactor = 511 / 16.0 / 9;

    /// <summary>Connects tried; the first report has one of each dependency.</summary>
    public long Tried(int edge, long second)
    {
        uint hash = Mixed(edge, 1);
        double factor = Math.ScaleB(1, (int)(hash % 9) - 4) / MeanFactor, phase = (hash >> 8) / (double)(1 << 24);
        return 1 + (long)((rate * factor * second) + phase);
    }

    public bool IsFailing(int edge) => Mixed(edge, 2) < failing * uint.MaxValue;

    /// <summary>Of the failing ones: nobody has ever got through.</summary>
    public bool IsDown(int edge) => IsFailing(edge) && Mixed(edge, 3) % 3 == 0;

    public long Failed(int edge, long tried) => IsDown(edge) ? tried : IsFailing(edge) ? (tried + 1) / 2 : 0;

    /// <summary>Established connections; some dependencies keep a pool of them open.</summary>
    public (long Opened, long Closed) Established(int edge, long tried)
    {
        long opened = IsDown(edge) ? 0 : tried;
        return (opened, Math.Max(0, opened - (Mixed(edge, 4) % 4)));
    }

    /// <summary>Round trips are about 2 to the power of this, in microseconds.</summary>
    public static int RttBucket(int edge) => 5 + (int)(Mixed(edge, 5) % 8);

    public static uint BytesOfConnection(int edge) => 200 + (Mixed(edge, 6) % 20_000);

    /// <summary>SplitMix64's last steps: spread evenly, the same everywhere.</summary>
    private static uint Mixed(int edge, int salt)
    {
        ulong z = ((ulong)edge * 0x9e3779b97f4a7c15) + ((ulong)salt * 0xd1b54a32d192ed03);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (uint)((z ^ (z >> 31)) >> 32);
    }
}
