namespace Tendril.Graph;

/// <summary>
/// Joins the two ends of connections by their handshakes and keeps what that proves as long as it is so: addresses are given to others,
/// and load balancers change their minds.
/// </summary>
internal sealed class HandshakeJoiner(HostTable hosts, GraphPartition partition)
{
    /// <summary>How long a client may open connections that a server does not get before they are taken to lead elsewhere. Longer than an agent's restart.</summary>
    private static readonly long DoubtFor = TimeSpan.FromMinutes(10).Ticks;

    private readonly HandshakeTable _samples = new();

    public int Waiting => _samples.Count;

    public void Apply(AgentRun run, in HandshakeObservation seen, long now)
    {
        if (!run.IsPresent || (seen.SendSequence | seen.ReceiveSequence) == 0 || seen.LocalPort == 0 || seen.RemotePort == 0)
            return;

        var sample = new HandshakeSample(run, seen);
        if (sample.IsClient && seen.Dialled is { } dialled && seen.DialledPort != 0)
            Rewrite(run, sample, new EndpointKey(dialled, seen.DialledPort, Transport.Tcp));
        if (_samples.Join(sample, now) is { } other)
            Connect(sample.IsClient ? sample : other, sample.IsClient ? other : sample, now);
    }

    public void Sweep(long now)
    {
        partition.Links.ForgetRewritten((place, remote) => IsDialled(place, remote));
        foreach (var link in partition.Links.All.ToArray())
        {
            if (IsOver(link, now))
                partition.Unlink(link, now);
        }
    }

    /// <summary>Takes up what was proved before the graph was restored.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool Restore(Link link, ProcessState? server, long now)
    {
        if (partition.Links.Confirm(link, server, now) is null)
            return false;

        (link.ClientOpened, link.ServerOpened) = (OpenedByClient(link), OpenedByServer(link));
        return true;
    }

    private void Rewrite(AgentRun run, HandshakeSample sample, EndpointKey dialled)
    {
        var remote = sample.ServerEndpoint;
        if (dialled == remote || hosts.PlaceToSee(run.Host, run.PlaceNumber(sample.Seen.NetworkNamespace)) is not { } place)
            return;

        if (partition.Links.Rewrite(place, remote, dialled) && partition.FindEndpoint(remote) is { } endpoint)
            partition.EnqueueDialled(endpoint);
    }

    private void Connect(HandshakeSample client, HandshakeSample server, long now)
    {
        if (PlaceOf(client) is not { } clientPlace || PlaceOf(server) is not { } serverPlace
            || partition.ProcessOf(client.Run, client.Seen.ProcessNumber) is not { } process)
            return;

        var link = new Link(process, clientPlace, client.ServerEndpoint, serverPlace, server.ServerEndpoint, server.Seen.Remote) { Since = now };
        if (partition.IsKnownByAddress(link))
            return;

        var owner = server.Seen.ProcessNumber == 0 ? null : partition.ProcessOf(server.Run, server.Seen.ProcessNumber);
        if (partition.Links.Confirm(link, owner, now) is { } added)
            partition.EnqueueEnds(added);
    }

    private Place? PlaceOf(HandshakeSample sample) =>
        sample.Run.IsPresent ? hosts.PlaceToSee(sample.Run.Host, sample.Run.PlaceNumber(sample.Seen.NetworkNamespace)) : null;

    private bool IsDialled(Place place, EndpointKey endpoint)
    {
        for (var client = partition.FindEndpoint(endpoint)?.Clients; client is not null; client = client.NextAtEndpoint)
        {
            if (ReferenceEquals(client.Place, place))
                return true;
        }

        return false;
    }

    /// <summary>Looked at once a minute.</summary>
    private bool IsOver(Link link, long now)
    {
        var target = TargetResolver.FindServer(link);
        if (target.Service is null || (!IsDialled(link.ClientPlace, link.Dialled) && now - link.ConfirmedAt > DoubtFor))
            return true;

        var (byClient, byServer) = (OpenedByClient(link), OpenedByServer(link));
        var isDoubtful = byClient > link.ClientOpened && byServer == link.ServerOpened && now - link.ConfirmedAt >= TimeSpan.TicksPerMinute;
        if (byServer > link.ServerOpened)
            link.DoubtedSince = 0;
        else if (isDoubtful && link.DoubtedSince == 0)
            link.DoubtedSince = now;
        (link.ClientOpened, link.ServerOpened) = (byClient, byServer);
        return isDoubtful && (target.Listener is { IsOpen: false } || now - link.DoubtedSince >= DoubtFor);
    }

    private long OpenedByClient(Link link)
    {
        var opened = 0L;
        for (var client = partition.FindEndpoint(link.Dialled)?.Clients; client is not null; client = client.NextAtEndpoint)
        {
            if (ReferenceEquals(client.Place, link.ClientPlace))
                opened += client.Counters.Opened;
        }

        return opened;
    }

    private long OpenedByServer(Link link)
    {
        var opened = 0L;
        for (var server = partition.FindEndpoint(link.Actual)?.Servers; server is not null; server = server.NextAtEndpoint)
        {
            if (ReferenceEquals(server.Place, link.ServerPlace) && server.PeerAddress == link.Peer)
                opened += server.Counters.Opened;
        }

        return opened;
    }
}
