using Google.Protobuf;
using Tendril.Protocol;

namespace Tendril.Agent.Export;

/// <summary>
/// Packs items into one report until it is full. The report is used again, which suits <see cref="Reports"/>: hand <see cref="Report"/>
/// over, and <see cref="Clear"/> it when the next is asked for. Not thread-safe.
/// </summary>
internal sealed class ReportPacker
{
    /// <summary>
    /// A report holds at most as many bytes, unless a single item is larger. gRPC servers refuse messages of more than 4 MiB; below
    /// 85,000 bytes the buffers that serialise it stay out of the large object heap, which keeps the agent small.
    /// </summary>
    public const int MaxBytes = 65_536;

    // Around an item: its tag and its length.
    private const int FramingBytes = 6;

    private int _bytes;

    public Report Report { get; } = new();

    public bool IsEmpty => _bytes == 0;

    /// <summary>False, and nothing is added, when it does not fit: hand the report over first. So do all of these methods.</summary>
    public bool TryAdd(Process process)
    {
        if (!Fits(process))
        {
            return false;
        }

        Report.Processes.Add(process);
        return true;
    }

    public bool TryAdd(Listener listener)
    {
        if (!Fits(listener))
        {
            return false;
        }

        Report.Listeners.Add(listener);
        return true;
    }

    public bool TryAdd(Dependency dependency)
    {
        if (!Fits(dependency))
        {
            return false;
        }

        Report.Dependencies.Add(dependency);
        return true;
    }

    public bool TryAdd(WireCount wireCount)
    {
        if (!Fits(wireCount))
        {
            return false;
        }

        Report.WireCounts.Add(wireCount);
        return true;
    }

    public bool TryAdd(ProgramRuns runs)
    {
        if (!Fits(runs))
        {
            return false;
        }

        Report.ProgramRuns.Add(runs);
        return true;
    }

    public bool TrySet(Losses losses)
    {
        if (!Fits(losses))
        {
            return false;
        }

        Report.Losses = losses;
        return true;
    }

    public bool TrySet(SelfCheck selfCheck)
    {
        if (!Fits(selfCheck))
        {
            return false;
        }

        Report.SelfCheck = selfCheck;
        return true;
    }

    public void Clear()
    {
        Report.Processes.Clear();
        Report.Listeners.Clear();
        Report.Dependencies.Clear();
        Report.WireCounts.Clear();
        Report.ProgramRuns.Clear();
        Report.Losses = null;
        Report.SelfCheck = null;
        _bytes = 0;
    }

    private bool Fits(IMessage item)
    {
        var size = item.CalculateSize() + FramingBytes;
        if (_bytes > 0 && _bytes + size > MaxBytes)
        {
            return false;
        }

        _bytes += size;
        return true;
    }
}
