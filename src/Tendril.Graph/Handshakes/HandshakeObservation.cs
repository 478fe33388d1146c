namespace Tendril.Graph;

/// <summary>
/// One end of a TCP connection as it was established: what the client sends first the server expects first, whatever addresses were
/// rewritten between them.
/// </summary>
/// <param name="NetworkNamespace">Where this end is.</param>
/// <param name="ProcessNumber">Whose it is; 0 where unknown.</param>
/// <param name="Role">Which end it is.</param>
/// <param name="Local">This end's address and port.</param>
/// <param name="LocalPort">See <paramref name="Local"/>.</param>
/// <param name="Remote">The other end's, as seen from here.</param>
/// <param name="RemotePort">See <paramref name="Remote"/>.</param>
/// <param name="Dialled">Client: what the program asked for, where that is not <paramref name="Remote"/>; else null.</param>
/// <param name="DialledPort">See <paramref name="Dialled"/>.</param>
/// <param name="SendSequence">The next sequence number to send; the other end's <paramref name="ReceiveSequence"/>.</param>
/// <param name="ReceiveSequence">The next one expected.</param>
/// <param name="Time">When it was established.</param>
public readonly record struct HandshakeObservation(
    ulong NetworkNamespace, uint ProcessNumber, Role Role, NetAddress Local, ushort LocalPort, NetAddress Remote, ushort RemotePort,
    NetAddress? Dialled, ushort DialledPort, uint SendSequence, uint ReceiveSequence, DateTimeOffset Time);

/// <summary>An observation and who made it.</summary>
internal sealed record HandshakeSample(AgentRun Run, HandshakeObservation Seen)
{
    public bool IsClient => Seen.Role == Role.Client;

    /// <summary>The client's first sequence number and the server's.</summary>
    public (uint, uint) Key => IsClient ? (Seen.SendSequence, Seen.ReceiveSequence) : (Seen.ReceiveSequence, Seen.SendSequence);

    public EndpointKey ServerEndpoint =>
        IsClient ? new(Seen.Remote, Seen.RemotePort, Transport.Tcp) : new(Seen.Local, Seen.LocalPort, Transport.Tcp);
}
