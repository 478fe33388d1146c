namespace Tendril.Graph;

/// <summary>The hosts, their runs and places.</summary>
internal sealed class HostTable
{
    /// <summary>Former runs kept for each host, so that their late reports are still merged: an agent that restarts for ever is bounded.</summary>
    private const int MaxFormerRuns = 16;

    /// <summary>Places of a host beyond which none is made for a flow event alone, which may name any namespace.</summary>
    private const int MaxPlacesToSee = 512;

    private readonly Dictionary<string, HostState> _hosts = [];

    public AddressOwners Owners { get; } = new();

    public ForgottenRows Forgotten { get; } = new();

    /// <summary>Hosts of which nothing was heard since they were restored.</summary>
    public int StaleHosts { get; private set; }

    /// <summary>A host was heard of, or is no more: what was stale may not be so now.</summary>
    public bool StaleChanged { get; set; }

    public IEnumerable<HostState> All => _hosts.Values;

    public HostState GetOrAdd(string hostId)
    {
        if (!_hosts.TryGetValue(hostId, out var host))
            _hosts.Add(hostId, host = new HostState(hostId));
        return host;
    }

    public Place Place(HostState host, ulong number)
    {
        if (!host.Places.TryGetValue(number, out var place))
            host.Places.Add(number, place = new Place(host, number, Owners));
        return place;
    }

    /// <summary>A place for an address that a connection was seen to come from; null when the host has so many that no more are made for that.</summary>
    public Place? PlaceToSee(HostState host, ulong number) =>
        host.Places.TryGetValue(number, out var place) ? place : host.Places.Count < MaxPlacesToSee ? Place(host, number) : null;

    public void SetStale(HostState host, bool stale)
    {
        if (host.IsStale == stale)
            return;

        host.IsStale = stale;
        StaleHosts += stale ? 1 : -1;
        StaleChanged = true;
    }

    /// <summary>Replaces what is known of the addresses of the host's own namespace.</summary>
    public void SetOwnAddresses(HostState host, IReadOnlyCollection<NetAddress> addresses)
    {
        var own = Place(host, 0);
        var former = host.OwnAddresses;
        host.OwnAddresses = [.. addresses];
        host.Row.Touch();
        foreach (var address in host.OwnAddresses)
            own.Learn(address);
        foreach (var address in former)
            own.Forget(address);
    }

    /// <summary>Runs that are over and need not be kept: ended before <paramref name="horizon"/>, or too many of them.</summary>
    public List<AgentRun> TakeRunsToRetire(long horizon)
    {
        var taken = new List<AgentRun>();
        foreach (var host in _hosts.Values)
        {
            for (var i = host.Runs.Count - 1; i >= 0; i--)
            {
                var run = host.Runs[i];
                if (run.IsPresent || (run.EndedAt > horizon && host.Runs.Count - i <= MaxFormerRuns + 1))
                    continue;

                taken.Add(run);
                Forgotten.Add(RowKind.Run, run.Row);
                host.Row.Touch();
                host.Runs.RemoveAt(i);
                host.RetiredUntilMicros = Math.Max(host.RetiredUntilMicros, run.StartMicros);
            }
        }

        return taken;
    }

    /// <summary>Forgets places with nothing in them, and hosts without a run.</summary>
    public void RemoveEmpty()
    {
        foreach (var host in _hosts.Values)
        {
            if (host.Runs.Count == 0)
                SetOwnAddresses(host, []);
            foreach (var place in host.Places.Values)
            {
                if (place.IsUnused)
                    place.ForgetSeen();
                if (!place.IsEmpty)
                    continue;

                Forgotten.Add(RowKind.Place, place.Row);
                host.Places.Remove(place.Number);
            }

            if (host.Runs.Count > 0 || host.Places.Count > 0)
                continue;

            SetStale(host, false);
            Forgotten.Add(RowKind.Host, host.Row);
            _hosts.Remove(host.HostId);
        }
    }
}
