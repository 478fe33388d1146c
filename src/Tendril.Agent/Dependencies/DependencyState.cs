using System.Runtime.InteropServices;
using Google.Protobuf;
using Tendril.Agent.Capture;
using Tendril.Agent.Names;

namespace Tendril.Agent.Dependencies;

/// <summary>The key that counters are cumulative under on the wire: the kernel's, with the process's number in place of its pid.</summary>
internal readonly record struct ReportKey(
    ulong NetworkNamespace, uint ProcessNumber, Role Role, byte Transport, Address ServerAddress, ushort ServerPort, Address PeerAddress)
{
    /// <summary>The key of all that finds no place of its own, as the kernel has it: the same process and, for a server, endpoint; any address.</summary>
    public ReportKey Others() => Role == Role.Server
        ? this with { PeerAddress = Address.Others }
        : this with { ServerAddress = Address.Others, ServerPort = 0 };
}

/// <summary>What was counted under one report key since the agent started. Only grows.</summary>
internal sealed class DependencyState(ReportKey key, uint generation, ulong firstSeenUs)
{
    // The kernel's cheap clock stands still for so long (CONFIG_HZ=100): the time it gave is past by as much.
    private const ulong TickUs = 10_000;

    private readonly ulong[] _rttBuckets = new ulong[RttBuckets.Length];
    private ulong _opened;
    private ulong _failed;
    private ulong _closed;
    private ulong _adopted;
    private ulong _datagramsSent;
    private ulong _datagramsReceived;
    private ulong _refused;
    private ulong _timedOut;
    private ulong _unreachable;
    private ulong _abandoned;
    private Failure? _lastFailure;
    private ulong _lastFailedUs;
    private ulong _bytesSent;
    private ulong _bytesReceived;
    private ulong _retransmits;
    private ulong _rttCount;
    private ulong _rttSumUs;
    private ulong _lastAttemptUs;

    public ReportKey Key { get; } = key;

    public ulong LastSeenUs { get; private set; }

    /// <summary>What the client calls the server's address; null while no name was seen.</summary>
    public AddressName? Name { get; set; }

    /// <summary>Of a Unix socket; else empty.</summary>
    public string Path { get; set; } = "";

    /// <summary>Kernel keys that add to it now: the same program's processes.</summary>
    public int Sources { get; set; }

    /// <summary>Changed since it was last reported.</summary>
    public bool Changed { get; set; }

    /// <summary>Adds what a kernel key counted between two readings.</summary>
    public void Add(in DependencyCounters counters, in DependencyCounters before, ReadingTime now)
    {
        _opened += counters.Opened - before.Opened;
        _failed += counters.Failed - before.Failed;
        _closed += counters.Closed - before.Closed;
        _adopted += counters.Adopted - before.Adopted;
        _datagramsSent += counters.DatagramsSent - before.DatagramsSent;
        _datagramsReceived += counters.DatagramsReceived - before.DatagramsReceived;
        _refused += counters.Refused - before.Refused;
        _timedOut += counters.TimedOut - before.TimedOut;
        _unreachable += counters.Unreachable - before.Unreachable;
        _abandoned += counters.Abandoned - before.Abandoned;
        if (counters.Failed > before.Failed)
        {
            (_lastFailure, _lastFailedUs) = (counters.LastFailure, now.Micros);
        }

        _bytesSent += counters.BytesSent - before.BytesSent;
        _bytesReceived += counters.BytesReceived - before.BytesReceived;
        _retransmits += counters.Retransmits - before.Retransmits;
        _rttCount += counters.RttCount - before.RttCount;
        _rttSumUs += counters.RttSumUs - before.RttSumUs;
        ReadOnlySpan<ulong> buckets = counters.RttBuckets, earlier = before.RttBuckets;
        for (int i = 0; i < _rttBuckets.Length; i++)
        {
            _rttBuckets[i] += buckets[i] - earlier[i];
        }

        if (counters.LastAttemptNs > before.LastAttemptNs)
        {
            _lastAttemptUs = Math.Max(_lastAttemptUs, now.ToMicros(counters.LastAttemptNs) + TickUs);
        }

        LastSeenUs = now.Micros;
    }

    /// <summary>A connect that failed before the kernel sent anything: there is no way there.</summary>
    public void AddUnsent(ulong nowUs)
    {
        _failed++;
        _unreachable++;
        (_lastFailure, _lastFailedUs, LastSeenUs, _lastAttemptUs) = (Capture.Failure.Unreachable, nowUs, nowUs, nowUs);
    }

    public Protocol.Dependency ToMessage()
    {
        var message = new Protocol.Dependency
        {
            NetworkNamespace = Key.NetworkNamespace,
            ProcessNumber = Key.ProcessNumber,
            Role = (Protocol.Role)Key.Role,
            Transport = (Protocol.Transport)Key.Transport,
            ServerAddress = Bytes(Key.ServerAddress),
            ServerPort = Key.ServerPort,
            ServerPath = Path,
            Generation = generation,
            FirstSeenUs = firstSeenUs,
            LastSeenUs = Math.Max(LastSeenUs, firstSeenUs),
            LastFailure = (Protocol.Failure)(_lastFailure ?? 0),
            LastFailedUs = _lastFailedUs,
            LastAttemptUs = _lastAttemptUs,
            Counters = new Protocol.Counters
            {
                Opened = _opened,
                Failed = _failed,
                Closed = _closed,
                Adopted = _adopted,
                Refused = _refused,
                TimedOut = _timedOut,
                Unreachable = _unreachable,
                Abandoned = _abandoned,
                DatagramsSent = _datagramsSent,
                DatagramsReceived = _datagramsReceived,
                BytesSent = _bytesSent,
                BytesReceived = _bytesReceived,
                Retransmits = _retransmits,
                RttCount = _rttCount,
                RttSumUs = _rttSumUs,
            },
        };
        if (Name is { } name)
        {
            (message.ServerName, message.ServerNameSource) = (name.Name, name.Source);
        }

        if (Key.Role == Role.Server)
        {
            message.PeerAddress = Bytes(Key.PeerAddress);
        }

        if (_rttCount > 0)
        {
            message.Counters.RttBuckets.AddRange(_rttBuckets);
        }

        return message;
    }

    public static ByteString Bytes(in Address address) =>
        ByteString.CopyFrom(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in address, 1)));
}
