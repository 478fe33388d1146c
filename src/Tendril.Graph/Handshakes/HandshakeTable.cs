namespace Tendril.Graph;

/// <summary>
/// Samples of connections' two ends, kept until the other end's comes or a minute is over. Bounded, for each agent too: none can crowd the
/// others out.
/// </summary>
internal sealed class HandshakeTable
{
    private const int MaxSamples = 65_536;
    private const int MaxSamplesOfRun = 16_384;
    private static readonly long KeptFor = TimeSpan.FromSeconds(60).Ticks;

    /// <summary>Hosts' clocks differ, but a connection is established at both ends within a round trip.</summary>
    private static readonly TimeSpan TimesWithin = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(uint, uint), Ends> _ends = [];
    private readonly Queue<(HandshakeSample Sample, long Since)> _order = [];

    public int Count => _order.Count;

    /// <summary>Takes a sample and gives the other end's; null when it has not come, or more than one would fit.</summary>
    public HandshakeSample? Join(HandshakeSample sample, long now)
    {
        while (_order.TryPeek(out var oldest) && (now - oldest.Since > KeptFor || _order.Count >= MaxSamples))
            Forget(_order.Dequeue().Sample);
        if (sample.Run.HandshakeSamples >= MaxSamplesOfRun)
            return null;

        if (!_ends.TryGetValue(sample.Key, out var ends))
            _ends.Add(sample.Key, ends = new Ends());
        ref var own = ref (sample.IsClient ? ref ends.Client : ref ends.Server);
        if (own is not null)
        {
            ends.IsAmbiguous |= own.Run != sample.Run || own.Seen != sample.Seen;
            return null;
        }

        own = sample;
        sample.Run.HandshakeSamples++;
        _order.Enqueue((sample, now));
        var other = sample.IsClient ? ends.Server : ends.Client;
        return other is null || ends.IsAmbiguous || (other.Seen.Time - sample.Seen.Time).Duration() > TimesWithin ? null : other;
    }

    private void Forget(HandshakeSample sample)
    {
        sample.Run.HandshakeSamples--;
        var ends = _ends[sample.Key];
        (sample.IsClient ? ref ends.Client : ref ends.Server) = null;
        if (ends.Client is null && ends.Server is null)
            _ends.Remove(sample.Key);
    }

    private sealed class Ends
    {
        public HandshakeSample? Client;
        public HandshakeSample? Server;
        public bool IsAmbiguous;
    }
}
