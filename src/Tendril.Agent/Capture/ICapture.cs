using Tendril.Bpf;
using Tendril.Protocol;

namespace Tendril.Agent.Capture;

/// <summary>Where everything the agent knows comes from: the kernel, or a recording of one on disk. Used by one thread.</summary>
internal interface ICapture : IDisposable
{
    /// <summary>What could be attached and what not, with what its absence costs.</summary>
    IReadOnlyList<Capability> Capabilities { get; }

    /// <summary>Cookie of the host's own network namespace.</summary>
    ulong HostNetworkNamespace { get; }

    /// <summary>Completes when something happened that should be looked at at once, such as a new dependency; each call stands for one piece of news.</summary>
    Task NewsAsync(CancellationToken stop);

    /// <summary>Hands over what happened since the last call: flow events in their order, without waiting.</summary>
    void ReadEvents(ICaptureSink sink);

    /// <summary>Hands over all counters, listening endpoints and losses as they are now.</summary>
    /// <param name="last">The agent stops after this: what is done only now and then is done once more.</param>
    /// <returns>False when there will never be more: the end of a recording.</returns>
    bool ReadCounters(ICaptureSink sink, bool last = false);

    /// <summary>How many flow events may come until the next call of this.</summary>
    void GrantEvents(int events);
}

/// <summary>A moment by both clocks: times inside of what is read are by the kernel's.</summary>
/// <param name="Micros">Since the Unix epoch, UTC.</param>
/// <param name="MonotonicNs">As bpf_ktime_get_ns gives it.</param>
internal readonly record struct ReadingTime(ulong Micros, ulong MonotonicNs)
{
    /// <summary>An earlier moment of the kernel's clock, in microseconds since the Unix epoch; one that is later, or long before, is this one.</summary>
    public ulong ToMicros(ulong monotonicNs)
    {
        ulong agoUs = (MonotonicNs - Math.Min(monotonicNs, MonotonicNs)) / 1000;
        return agoUs > Micros ? Micros : Micros - agoUs;
    }
}

/// <summary>Takes what a capture hands over. Values are cumulative: the same one may come any number of times.</summary>
internal interface ICaptureSink
{
    /// <summary>A reading of all counters begins.</summary>
    /// <param name="now">When that is.</param>
    void BeginCounters(ReadingTime now);

    void OnDependency(in DependencyKey key, in DependencyCounters counters);

    /// <summary>The path, or "@" and the abstract name, that an address of transport Unix stands for; before what uses the address.</summary>
    void OnPath(in Address endpoint, string path);

    void OnListener(in ServiceKey key, in ServiceOwner owner);

    void OnLosses(ReadOnlySpan<ulong> byReason);

    void OnWire(string networkInterface, in WireCounters totals, uint connections);

    /// <summary>How often one of the programs ran, where the kernel counts that.</summary>
    void OnProgramRuns(in BpfProgramRuns runs);

    /// <summary>The kernel's table of sockets was compared with what is followed.</summary>
    void OnSelfCheck(Protocol.SelfCheck result);

    /// <summary>A connect that never sent a SYN: no route, or refused by another program's policy.</summary>
    void OnUnsentConnect(in DependencyKey key, in Comm comm, ulong cgroupId);

    /// <summary>A DNS answer or a TLS hello came by.</summary>
    /// <param name="payload">From the start of the DNS message or TLS record, perhaps cut; any bytes at all.</param>
    /// <param name="timeUs">Microseconds since the Unix epoch, UTC.</param>
    void OnName(in NamePayload header, ReadOnlySpan<byte> payload, ulong timeUs);

    /// <summary>The reading is complete: listening endpoints that were not mentioned are closed.</summary>
    /// <param name="forget">
    /// Frees a key's place and gives its last counters (null: it was not there), for keys that will not count again: their process is
    /// gone and their connections have ended, or they were silent for long.
    /// </param>
    void EndCounters(Func<DependencyKey, DependencyCounters?> forget);

    /// <param name="timeUs">Microseconds since the Unix epoch, UTC.</param>
    void OnFlowEvent(in FlowEvent flowEvent, ulong timeUs);
}
