using System.ComponentModel.DataAnnotations;
using Tendril.Graph;
using Tendril.Operator.Ingest;
using Tendril.Protocol;

namespace Tendril.Operator.Api;

/// <summary>A connection was opened or closed, or failed, as the agent at one of its ends tells.</summary>
/// <param name="Time">By that agent's clock.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Host">The name of that agent's host.</param>
/// <param name="Role">Which end told.</param>
/// <param name="Client">Who connected.</param>
/// <param name="Server">Who was connected to.</param>
/// <param name="Local">That end's address and port, "10.0.0.1:40000"; "" of a Unix socket.</param>
/// <param name="Remote">The other end's.</param>
/// <param name="Dialled">What the program asked for, where that is not <paramref name="Remote"/>; else null.</param>
/// <param name="Port">The server's; 0 of a Unix socket.</param>
/// <param name="Pid">Of the process at that end.</param>
/// <param name="Comm">The kernel's name for it.</param>
/// <param name="Reason">Why it failed; null of one that did not.</param>
/// <param name="BytesSent">From client to server; null until it ends.</param>
/// <param name="BytesReceived">From server to client; null until it ends.</param>
/// <param name="RttMicros">Null where none was measured.</param>
/// <param name="DurationMicros">Null until it ends.</param>
internal sealed record FlowDocument(
    DateTimeOffset Time, [property: AllowedValues("opened", "closed", "failed")] string Kind, string Host,
    [property: AllowedValues("client", "server")] string Role, FlowEnd Client, FlowEnd Server, string Local, string Remote, string? Dialled,
    int Port, [property: AllowedValues("tcp", "udp", "unix")] string Transport, uint Pid, string Comm,
    [property: AllowedValues("refused", "timed out", "unreachable", "abandoned", "other", "not told")] string? Reason,
    long? BytesSent, long? BytesReceived, double? RttMicros, long? DurationMicros)
{
    public static FlowDocument Of(ResolvedFlow flow, DateTimeOffset now)
    {
        var (e, isClients, transport) = (flow.Event, flow.Event.Role == Protocol.Role.Client, flow.Key.Transport);
        var hasEnded = e.Kind is not FlowKind.Opened;
        var (sent, received) = isClients ? (e.BytesSent, e.BytesReceived) : (e.BytesReceived, e.BytesSent);
        return new(
            WireTime.Read(e.TimeUs, now), e.Kind switch { FlowKind.Opened => "opened", FlowKind.Closed => "closed", _ => "failed" }, flow.Host,
            isClients ? "client" : "server", FlowEnd.Of(flow.Client, flow), FlowEnd.Of(flow.Server, flow),
            ConnectionSamples.Text(transport, flow.Local, e.LocalPort), ConnectionSamples.Text(transport, flow.Remote, e.RemotePort),
            NetAddress.TryRead(e.DialledAddress.Span, out var dialled) ? ConnectionSamples.Text(transport, dialled, e.DialledPort) : null,
            flow.ServerPort, transport.Text(), e.Pid, e.Comm,
            e.Kind == FlowKind.Failed ? ((FailureReason)e.Failure).Text() : null, hasEnded ? ReportReader.Bounded(sent) : null,
            hasEnded ? ReportReader.Bounded(received) : null, e.RttUs > 0 ? e.RttUs : null, hasEnded ? ReportReader.Bounded(e.DurationUs) : null);
    }
}

/// <summary>A service at an end of a connection.</summary>
internal sealed record FlowEnd(string Id, string Name)
{
    /// <summary>A process that no report told of yet is the node that the graph has for those.</summary>
    public static FlowEnd Of(ServiceIdentity? service, ResolvedFlow flow)
    {
        var known = service ?? ServiceIdentity.UnknownProcess(flow.HostId, flow.Host);
        return new(known.Id, known.Name);
    }
}

/// <summary>What a follower did not get.</summary>
/// <param name="Lost">Flow events that came faster than it read, since it began.</param>
internal sealed record LostFlowsDocument(ulong Lost);
