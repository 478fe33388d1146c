namespace Tendril.Graph;

/// <summary>
/// What one joined handshake proves: what a client dialled at <see cref="Dialled"/> is served at <see cref="Actual"/>, where it
/// seems to come from <see cref="Peer"/>.
/// </summary>
internal sealed class Link(ProcessState client, Place clientPlace, EndpointKey dialled, Place serverPlace, EndpointKey actual, NetAddress peer)
{
    public KeptRow Row;

    /// <summary>Whose connections they are. Where several processes of one place dial the same, the first that is still known.</summary>
    public ProcessState Client { get; set; } = client;

    public Place ClientPlace { get; } = clientPlace;

    public EndpointKey Dialled { get; } = dialled;

    public Place ServerPlace { get; } = serverPlace;

    public EndpointKey Actual { get; } = actual;

    public NetAddress Peer { get; } = peer;

    /// <summary>Whose end it was, where no listener says so; null where unknown.</summary>
    public ProcessState? Server { get; set; }

    public long Since { get; init; }

    public long ConfirmedAt { get; set; }

    /// <summary>Connections that both ends had reported when it was last looked at.</summary>
    public long ClientOpened { get; set; }

    public long ServerOpened { get; set; }

    /// <summary>Since when the client opens connections that this server does not get; 0 while it does.</summary>
    public long DoubtedSince { get; set; }
}
