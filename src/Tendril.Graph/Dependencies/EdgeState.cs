namespace Tendril.Graph;

/// <summary>What is counted on an edge for good: of dependencies that were folded away, or whose endpoint went to another owner.</summary>
internal sealed class SettledCounters
{
    public KeptRow Row;

    /// <summary>From before the graph was restored.</summary>
    public bool IsRestored;

    public Counters Client;
    public Counters Server;
    public long ClientFound;
    public long ServerFound;
    public RareCounters ClientRare;
    public RareCounters ServerRare;
    public LastFailure? LastFailure;
    public long[]? ClientRtt;
    public long[]? ServerRtt;
    public bool HasClient;
    public bool HasServer;
    public bool Matched;
    public long FirstSeen = long.MaxValue;
    public long LastSeen;
}

/// <summary>An edge in the making. Its figures are the sums over the dependencies listed on it.</summary>
internal class EdgeState(EdgeTable table, ServiceState source, ServiceState target, Transport transport, ushort port) : IPublished
{
    public readonly EdgeTable Table = table;
    public readonly ServiceState Source = source;
    public readonly ServiceState Target = target;
    public readonly ushort Port = port;
    public readonly Transport Transport = transport;

    /// <summary>Unix only: two sockets of one server are two edges, as two ports are.</summary>
    public virtual string? Path => null;

    public bool IsQueued;

    /// <summary>Position among the published edges, -1 while it is not one.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>When its age will next make a difference, as queued; a queued moment that is another one is out of date.</summary>
    public long Deadline = long.MaxValue;

    /// <summary>It left; queues may still mention it.</summary>
    public bool IsRemoved => Deadline < 0;

    public DependencyState? Dependencies;
    public SettledCounters? Settled;

    public EdgeState? NextOutgoing;
    public EdgeState? PreviousOutgoing;
    public EdgeState? NextIncoming;
    public EdgeState? PreviousIncoming;

    public bool IsHidden => Source.Identity.Hidden || Target.Identity.Hidden;

    /// <summary>Stands for all edges beyond the limit.</summary>
    public bool IsOther => Target.IsOther;

    /// <summary>What is on it has lost its own name to a limit: nobody will ask for its parts.</summary>
    public bool IsFolded => Source.IsFold || Target.IsFold;

    public void Attach(DependencyState dependency)
    {
        dependency.Edge = this;
        dependency.NextOnEdge = Dependencies;
        if (Dependencies is not null)
            Dependencies.PreviousOnEdge = dependency;
        Dependencies = dependency;
        Table.Enqueue(this);
    }

    public void Detach(DependencyState dependency)
    {
        var (previous, next) = (dependency.PreviousOnEdge, dependency.NextOnEdge);
        if (next is not null)
            next.PreviousOnEdge = previous;
        if (previous is not null)
            previous.NextOnEdge = next;
        else
            Dependencies = next;
        dependency.PreviousOnEdge = dependency.NextOnEdge = null;
        dependency.Edge = null;
        Table.Enqueue(this);
    }

    /// <summary>Keeps what a dependency contributed, which is about to leave.</summary>
    public void Settle(DependencyState dependency)
    {
        Settled ??= new SettledCounters();
        Settled.Row.Touch();
        var contribution = dependency.Contribution;
        var found = CountedTwice.FoundOpen(dependency.Process.Run, contribution);
        if (dependency.Has(DependencyFlags.ForClients))
        {
            Settled.Client = Settled.Client.Plus(contribution.FromOtherEnd());
            Settled.ClientFound += found;
            (Settled.HasClient, Settled.Matched) = (true, true);
            AddRtt(dependency, ref Settled.ClientRtt);
        }
        else if (dependency.IsClient)
        {
            Settled.Client = Settled.Client.Plus(contribution);
            Settled.ClientFound += found;
            Settled.ClientRare = Settled.ClientRare.Plus(dependency.RareContribution);
            Settled.LastFailure = LastFailure.Later(Settled.LastFailure, LastFailure.Of(dependency));
            Settled.HasClient = true;
            Settled.Matched |= dependency.Has(DependencyFlags.Matched);
            AddRtt(dependency, ref Settled.ClientRtt);
        }
        else
        {
            Settled.Server = Settled.Server.Plus(contribution);
            Settled.ServerFound += found;
            Settled.ServerRare = Settled.ServerRare.Plus(dependency.RareContribution);
            Settled.HasServer = true;
            AddRtt(dependency, ref Settled.ServerRtt);
        }

        Settled.FirstSeen = Math.Min(Settled.FirstSeen, dependency.ContributesSince);
        Settled.LastSeen = Math.Max(Settled.LastSeen, dependency.LastSeen);
        Table.Enqueue(this);
    }

    private static void AddRtt(DependencyState dependency, ref long[]? sums)
    {
        if (!dependency.Rtt.IsEmpty)
            dependency.Rtt.AddTo(sums ??= new long[RttBuckets.Length], dependency.Before?.Rtt ?? default);
    }
}

/// <summary>An edge over a Unix socket. Apart, as there are 100,000 others without a path.</summary>
internal sealed class UnixEdgeState(EdgeTable table, ServiceState source, ServiceState target, Transport transport, ushort port, string path)
    : EdgeState(table, source, target, transport, port)
{
    public override string? Path => path;
}
