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
    public void Add(in DependencyCounters now, in DependencyCounters before, ulong nowUs)
    {
        _opened += now.Opened - before.Opened;
        _failed += now.Failed - before.Failed;
        _closed += now.Closed - before.Closed;
        _adopted += now.Adopted - before.Adopted;
        _datagramsSent += now.DatagramsSent - before.DatagramsSent;
        _datagramsReceived += now.DatagramsReceived - before.DatagramsReceived;
        _refused += now.Refused - before.Refused;
        _timedOut += now.TimedOut - before.TimedOut;
        _unreachable += now.Unreachable - before.Unreachable;
        _abandoned += now.Abandoned - before.Abandoned;
        if (now.Failed > before.Failed)
        {
            (_lastFailure, _lastFailedUs) = (now.LastFailure, nowUs);
        }

        _bytesSent += now.BytesSent - before.BytesSent;
        _bytesReceived += now.BytesReceived - before.BytesReceived;
        _retransmits += now.Retransmits - before.Retransmits;
        _rttCount += now.RttCount - before.RttCount;
        _rttSumUs += now.RttSumUs - before.RttSumUs;
        ReadOnlySpan<ulong> buckets = now.RttBuckets, earlier = before.RttBuckets;
        for (int i = 0; i < _rttBuckets.Length; i++)
        {
            _rttBuckets[i] += buckets[i] - earlier[i];
        }

        LastSeenUs = nowUs;
    }

    /// <summary>A connect that failed before the kernel sent anything: there is no way there.</summary>
    public void AddUnsent(ulong nowUs)
    {
        _failed++;
        _unreachable++;
        (_lastFailure, _lastFailedUs, LastSeenUs) = (Capture.Failure.Unreachable, nowUs, nowUs);
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
