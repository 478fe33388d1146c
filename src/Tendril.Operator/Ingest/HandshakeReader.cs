using Tendril.Graph;
using Tendril.Protocol;
using Role = Tendril.Protocol.Role;
using Transport = Tendril.Protocol.Transport;

namespace Tendril.Operator.Ingest;

/// <summary>Finds the handshake in a flow event.</summary>
internal static class HandshakeReader
{
    /// <summary>Null for events that have none. Malformed ones are counted where they are passed on to who observes.</summary>
    public static HandshakeObservation? Read(FlowEvent flow)
    {
        if (flow.Kind != FlowKind.Opened || flow.Transport != Transport.Tcp || flow.Role is not (Role.Client or Role.Server)
            || !IsPort(flow.LocalPort) || !IsPort(flow.RemotePort)
            || !NetAddress.TryRead(flow.LocalAddress.Span, out var local) || !NetAddress.TryRead(flow.RemoteAddress.Span, out var remote))
        {
            return null;
        }

        var isRewritten = NetAddress.TryRead(flow.DialledAddress.Span, out var dialled) && IsPort(flow.DialledPort);
        return new(
            flow.NetworkNamespace, flow.ProcessNumber, (Graph.Role)flow.Role, local, (ushort)flow.LocalPort, remote, (ushort)flow.RemotePort,
            isRewritten ? dialled : null, isRewritten ? (ushort)flow.DialledPort : (ushort)0, flow.SendSequence, flow.ReceiveSequence,
            DateTimeOffset.UnixEpoch.AddTicks((long)(Math.Min(flow.TimeUs, MaxMicros) * TimeSpan.TicksPerMicrosecond)));
    }

    /// <summary>The year 9999; clocks may say anything.</summary>
    private const ulong MaxMicros = 253_370_764_800_000_000;

    private static bool IsPort(uint port) => port is > 0 and <= ushort.MaxValue;
}
