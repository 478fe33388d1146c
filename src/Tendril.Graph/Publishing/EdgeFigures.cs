namespace Tendril.Graph;

/// <summary>The sums over the dependencies of an edge, seen from the client.</summary>
/// <param name="IsOpen">An agent that is heard of says that connections are open.</param>
/// <param name="IsHeard">Something on it is of a host whose agent is heard of.</param>
/// <param name="IsRestored">Something on it is as it was restored.</param>
internal readonly record struct EdgeFigures(
    Counters Counters, RareCounters Rare, LastFailure? LastFailure, long Active, RttQuantiles? Rtt, string Evidence, bool HasDialled,
    bool IsOpen, bool IsHeard, bool IsRestored, long FirstSeen, long LastSeen)
{
    public static EdgeFigures Of(EdgeState edge)
    {
        Span<long> clientRtt = stackalloc long[RttBuckets.Length];
        Span<long> serverRtt = stackalloc long[RttBuckets.Length];
        clientRtt.Clear();
        serverRtt.Clear();
        var sums = new Sums();
        if (edge.Settled is { } settled)
            sums.Add(settled, clientRtt, serverRtt);
        for (var dependency = edge.Dependencies; dependency is not null; dependency = dependency.NextOnEdge)
            sums.Add(dependency, clientRtt, serverRtt);

        // Where clients reported, the servers' reports of the same connections add nothing.
        var rtt = (sums.HasClient ? RoundTrips.Quantiles(clientRtt) : null) ?? (sums.HasServer ? RoundTrips.Quantiles(serverRtt) : null);
        var evidence = !sums.HasClient ? "server" : sums.HasServer || sums.Matched ? "both" : "client";
        return sums.HasClient
            ? new EdgeFigures(Once(sums.Client, sums.ClientTwice), sums.ClientRare, sums.LastFailure, sums.ClientActive, rtt, evidence, sums.HasDialled, sums.ClientIsOpen, sums.IsHeard, sums.IsRestored, sums.FirstSeen, sums.LastSeen)
            : new EdgeFigures(Once(sums.Server.FromOtherEnd(), sums.ServerTwice), sums.ServerRare.FromOtherEnd(), null, sums.ServerActive, rtt, evidence, sums.HasDialled, sums.ServerIsOpen, sums.IsHeard, sums.IsRestored, sums.FirstSeen, sums.LastSeen);
    }

    private static Counters Once(in Counters counters, in CountedTwice runs)
    {
        var (twice, ended) = runs.Count();
        return counters with { Opened = counters.Opened - twice, Closed = counters.Closed + ended };
    }

    private struct Sums()
    {
        public Counters Client;
        public Counters Server;
        public RareCounters ClientRare;
        public RareCounters ServerRare;
        public LastFailure? LastFailure;
        public long ClientActive;
        public CountedTwice ClientTwice;
        public CountedTwice ServerTwice;
        public long ServerActive;
        public bool HasClient;
        public bool HasServer;
        public bool HasDialled;
        public bool ClientIsOpen;
        public bool ServerIsOpen;
        public bool IsHeard;
        public bool IsRestored;
        public bool Matched;
        public long FirstSeen = long.MaxValue;
        public long LastSeen = 0;

        public void Add(SettledCounters settled, Span<long> clientRtt, Span<long> serverRtt)
        {
            (Client, Server) = (settled.Client, settled.Server);
            (ClientRare, ServerRare, LastFailure) = (settled.ClientRare, settled.ServerRare, settled.LastFailure);
            ClientTwice.AddSettled(settled.Client, settled.ClientFound);
            ServerTwice.AddSettled(settled.Server, settled.ServerFound);
            IsRestored = settled.IsRestored;
            (HasClient, HasServer, Matched) = (settled.HasClient, settled.HasServer, settled.Matched);
            (FirstSeen, LastSeen) = (settled.FirstSeen, settled.LastSeen);
            settled.ClientRtt?.CopyTo(clientRtt);
            settled.ServerRtt?.CopyTo(serverRtt);
        }

        public void Add(DependencyState dependency, Span<long> clientRtt, Span<long> serverRtt)
        {
            var before = dependency.Before?.Rtt ?? default;
            var (active, isStale) = (dependency.Active, dependency.Process.Run.Host.IsStale);
            (IsHeard, IsRestored) = (IsHeard || !isStale, IsRestored || isStale);
            var isOpen = active > 0 && !isStale;
            HasDialled |= (dependency.Flags & (DependencyFlags.Proved | DependencyFlags.Rewritten | DependencyFlags.ForClients)) != 0;
            if (dependency.Has(DependencyFlags.ForClients))
            {
                Client = Client.Plus(dependency.Contribution.FromOtherEnd());
                ClientActive += active;
                ClientIsOpen |= isOpen;
                ClientTwice.Add(dependency);
                (HasClient, Matched) = (true, true);
                dependency.Rtt.AddTo(clientRtt, before);
            }
            else if (dependency.IsClient)
            {
                Client = Client.Plus(dependency.Contribution);
                ClientRare = ClientRare.Plus(dependency.RareContribution);
                LastFailure = Graph.LastFailure.Later(LastFailure, Graph.LastFailure.Of(dependency));
                ClientActive += active;
                ClientIsOpen |= isOpen;
                ClientTwice.Add(dependency);
                (HasClient, Matched) = (true, Matched || dependency.Has(DependencyFlags.Matched));
                if (!dependency.Has(DependencyFlags.EvidenceOnly))
                    dependency.Rtt.AddTo(clientRtt, before);
            }
            else
            {
                Server = Server.Plus(dependency.Contribution);
                ServerRare = ServerRare.Plus(dependency.RareContribution);
                ServerActive += active;
                ServerIsOpen |= isOpen;
                ServerTwice.Add(dependency);
                HasServer = true;
                dependency.Rtt.AddTo(serverRtt, before);
            }

            FirstSeen = Math.Min(FirstSeen, dependency.ContributesSince);
            LastSeen = Math.Max(LastSeen, dependency.LastSeen);
        }
    }
}
