
namespace Tendril.Agent.Dependencies;

/// <summary>A kernel flow event as it goes over the wire.</summary>
internal static class FlowEventMessage
{
    public static Protocol.FlowEvent From(in Capture.FlowEvent flowEvent, ulong timeUs, uint processNumber)
    {
        var message = new Protocol.FlowEvent
        {
            TimeUs = timeUs,
            Kind = (Protocol.FlowKind)flowEvent.Kind,
            Role = (Protocol.Role)flowEvent.Role,
            Transport = (Protocol.Transport)flowEvent.Transport,
            NetworkNamespace = flowEvent.NetnsCookie,
            LocalAddress = DependencyState.Bytes(flowEvent.LocalAddress),
            LocalPort = flowEvent.LocalPort,
            RemoteAddress = DependencyState.Bytes(flowEvent.RemoteAddress),
            RemotePort = flowEvent.RemotePort,
            Pid = flowEvent.Pid,
            Comm = flowEvent.Comm.ToString(),
            ProcessNumber = processNumber,
            Cookie = flowEvent.Cookie,
            BytesSent = flowEvent.BytesSent,
            BytesReceived = flowEvent.BytesReceived,
            RttUs = flowEvent.RttUs,
            Retransmits = flowEvent.Retransmits,
            SendSequence = flowEvent.SendSequence,
            ReceiveSequence = flowEvent.ReceiveSequence,
            DurationUs = flowEvent.DurationNs / 1000,
            Failure = (Protocol.Failure)flowEvent.Failure,
        };
        if (flowEvent.DialledPort != 0)
        {
            message.DialledAddress = DependencyState.Bytes(flowEvent.DialledAddress);
            message.DialledPort = flowEvent.DialledPort;
        }

        return message;
    }
}
