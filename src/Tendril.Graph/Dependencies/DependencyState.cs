namespace Tendril.Graph;

[Flags]
internal enum DependencyFlags : byte
{
    None = 0,

    /// <summary>Waits to be given an edge at the next publication.</summary>
    Queued = 1,

    /// <summary>The other end reported the same connections.</summary>
    Matched = 2,

    /// <summary>Its endpoint has a new owner, but nothing was opened to that one yet: what still comes belongs to the former.</summary>
    TakenOver = 4,

    /// <summary>Forgotten; queues may still mention it.</summary>
    Removed = 8,

    /// <summary>A client's report whose connections lead to several services: only its failures count, the rest is in the servers' reports.</summary>
    EvidenceOnly = 16,

    /// <summary>A server's report that counts for such clients.</summary>
    ForClients = 32,

    /// <summary>A handshake proved where it leads.</summary>
    Proved = 64,

    /// <summary>A cgroup program rewrote what its client asked for.</summary>
    Rewritten = 128,
}

/// <summary>What was counted of a dependency before its endpoint was taken over; that part stays with the former owner's edge.</summary>
internal sealed record CountersBefore(Counters Counters, RareCounters Rare, RttBuckets Rtt, long Since);

/// <summary>One key of one run, its merged counters, and where in the graph they are counted.</summary>
internal class DependencyState(in DependencyKey key, ProcessState process, Place place, EndpointState endpoint)
{
    // Together these are the key; it is not kept as such, because there is one of these for each edge or more.
    public readonly ProcessState Process = process;
    public readonly Place Place = place;
    public readonly EndpointState Endpoint = endpoint;
    public readonly uint Generation = key.Generation;
    public readonly Role Role = key.Role;
    public DependencyFlags Flags;
    public KeptRow Row;

    public Counters Counters;
    public RttBuckets Rtt;

    /// <summary>Failures by reason, datagrams, names; null for the most.</summary>
    public DependencyDetails? Details;
    public long FirstSeen = long.MaxValue;
    public long LastSeen;

    /// <summary>None of its attempts began later; 0: not known, as of one that is restored.</summary>
    public long LastAttempt;

    /// <summary>The edge its counters are part of; null for a server's report that a client's report stands for.</summary>
    public EdgeState? Edge;
    public DependencyState? NextOnEdge;
    public DependencyState? PreviousOnEdge;
    public DependencyState? NextAtEndpoint;
    public DependencyState? PreviousAtEndpoint;

    /// <summary>Who was found to serve it, and the listener, or else the place, that says so. Null where not known.</summary>
    public ProcessState? TargetProcess;
    private object? _targetAt;

    public CountersBefore? Before;

    /// <summary>The client's address; of a client's own report none.</summary>
    public virtual NetAddress PeerAddress => default;

    public bool IsClient => Role == Role.Client;

    public NetAddress ServerAddress => Endpoint.Key.Address;

    /// <summary>A server's report whose client can only be in the same place.</summary>
    public bool IsPeerHere => PeerAddress.IsLocalOnly || Endpoint.Key.Transport == Transport.Unix;

    public ListenerState? TargetListener => _targetAt as ListenerState;

    public Place? TargetPlace => _targetAt as Place ?? TargetListener?.Place;

    /// <summary>Remembers how its target was found; the listener knows that it is needed.</summary>
    public void SetTarget(in Target target)
    {
        if (TargetListener is { } former)
            former.Users--;
        if (target.Listener is { } listener)
            listener.Users++;
        if (TargetProcess is { } formerProcess)
            formerProcess.TargetCount--;
        if (target.Process is { } process)
            process.TargetCount++;
        (TargetProcess, _targetAt) = (target.Process, (object?)target.Listener ?? target.Place);
    }

    public bool Has(DependencyFlags flag) => (Flags & flag) != 0;

    /// <summary>What it adds to its edge.</summary>
    public Counters Contribution
    {
        get
        {
            var counters = Before is null ? Counters : Counters.Minus(Before.Counters);
            return Has(DependencyFlags.EvidenceOnly) ? new Counters(0, counters.Failed, 0, 0, 0, 0) : counters;
        }
    }

    public RareCounters RareContribution =>
        Details is null ? default : Before is null ? Details.Counters : Details.Counters.Minus(Before.Rare);

    /// <summary>Connections of it that are open now; none when its run is over.</summary>
    public long Active
    {
        get
        {
            if (!Process.Run.IsPresent)
                return 0;
            var contribution = Contribution;
            return Math.Max(0, contribution.Opened - contribution.Closed);
        }
    }

    public long ContributesSince => Before?.Since ?? FirstSeen;

    /// <returns>True when the flag was not as it is now.</returns>
    public bool Set(DependencyFlags flag, bool value)
    {
        if (Has(flag) == value)
            return false;

        Flags ^= flag;
        return true;
    }

    /// <summary>Takes the larger of each field.</summary>
    /// <returns>True when anything changed.</returns>
    public bool Merge(in DependencyObservation observation)
    {
        var changed = MergeAll(in observation);
        if (changed)
            Row.Touch();
        return changed;
    }

    private bool MergeAll(in DependencyObservation observation)
    {
        LastAttempt = Math.Max(LastAttempt, observation.LastAttempt.UtcTicks);
        var changed = observation.RttBuckets is { } rtt && Rtt.Merge(rtt);
        var merged = CounterArithmetic.Max(Counters, observation.Counters);
        if (merged != Counters)
        {
            Counters = merged;
            changed = true;
        }

        changed |= observation.Details is { } details && MergeDetails(details, observation.LastSeen.UtcTicks >= LastSeen);
        var (first, last) = (observation.FirstSeen.UtcTicks, observation.LastSeen.UtcTicks);
        if (first >= FirstSeen && last <= LastSeen)
            return changed;

        FirstSeen = Math.Min(FirstSeen, first);
        LastSeen = Math.Max(LastSeen, last);
        return true;
    }

    private bool MergeDetails(DependencyDetails details, bool isNewer)
    {
        var former = Details;
        Details = former?.Merge(details, isNewer) ?? details;
        return !ReferenceEquals(former, Details);
    }
}

/// <summary>A server's report: only these have a peer, and there is a client's for each edge or more.</summary>
internal sealed class ServerDependencyState(in DependencyKey key, ProcessState process, Place place, EndpointState endpoint)
    : DependencyState(in key, process, place, endpoint)
{
    private readonly NetAddress _peerAddress = key.PeerAddress;

    public override NetAddress PeerAddress => _peerAddress;
}
