namespace Tendril.Graph;

/// <summary>Tells what of the graph is to be kept, all of it or what changed. Looks at every state, so it is asked every few seconds at most.</summary>
internal sealed class RowTaker(HostTable hosts, ServiceTable services, GraphPartition partition, Downtimes downtimes)
{
    private long _last;

    /// <summary>Numbers up to this one are taken by what was restored.</summary>
    public void Skip(long last) => _last = Math.Max(_last, last);

    public GraphRows Take(long now, bool whole)
    {
        var forgotten = hosts.Forgotten.Take();
        var rows = new GraphRows { IsWhole = whole, TakenAt = now, Downtimes = [.. downtimes.Spans], Forgotten = whole ? [] : forgotten };
        foreach (var service in services.All)
        {
            if (IsWanted(ref service.Row, whole))
                rows.Services.Add(RowOf(service));
        }

        foreach (var host in hosts.All)
            Take(rows, forgotten, host, whole);
        foreach (var dependency in partition.Dependencies)
        {
            if (IsWanted(ref dependency.Row, whole))
                rows.Dependencies.Add(RowOf(dependency));
        }

        foreach (var edge in partition.Edges.All)
        {
            if (edge.Settled is { } settled && IsWanted(ref settled.Row, whole))
                rows.Edges.Add(RowOf(edge, settled));
        }

        foreach (var link in partition.Links.All)
        {
            if (IsWanted(ref link.Row, whole))
                rows.Links.Add(RowOf(link));
        }

        return rows;
    }

    private void Take(GraphRows rows, List<ForgottenRow> forgotten, HostState host, bool whole)
    {
        if (IsWanted(ref host.Row, whole))
            rows.Hosts.Add(new HostRow(host.Row.Number, host.HostId, host.RetiredUntilMicros, host.OwnAddresses));
        foreach (var run in host.Runs)
        {
            if (IsWanted(ref run.Row, whole))
            {
                rows.Runs.Add(new RunRow(
                    run.Row.Number, host.Row.Number, run.Hostname, run.StartMicros, run.HostNetworkNamespace, run.IsPresent, run.EndedAt, run.HasPredecessor, run.HasToldAll));
            }

            foreach (var process in run.Processes.Values)
            {
                if (IsWanted(ref process.Row, whole))
                    rows.Processes.Add(RowOf(process));
            }
        }

        foreach (var place in host.Places.Values)
        {
            if (place.HasTold && IsWanted(ref place.Row, whole))
                rows.Places.Add(RowOf(place));
            foreach (var listener in place.Listeners.Values)
            {
                if (listener.Owners.Count == 0)
                    Leave(forgotten, ref listener.Row);
                else if (IsWanted(ref listener.Row, whole))
                    rows.Listeners.Add(RowOf(listener));
            }
        }
    }

    /// <summary>A listener that nobody has or had is there only for dependencies that lead through it: those restored lead elsewhere.</summary>
    private static void Leave(List<ForgottenRow> forgotten, ref KeptRow row)
    {
        if (row.Number != 0)
            forgotten.Add(new ForgottenRow(RowKind.Listener, row.Number));
        row.Is(0);
    }

    /// <summary>True when it is to be kept now; its number is given then.</summary>
    private bool IsWanted(ref KeptRow row, bool whole)
    {
        if (!whole && !row.IsBehind)
            return false;

        row.Is(row.Number == 0 ? ++_last : row.Number);
        return true;
    }

    /// <summary>The number of what may be looked at later.</summary>
    private long NumberOf(ref KeptRow row)
    {
        if (row.Number == 0)
            row.WillBe(++_last);
        return row.Number;
    }

    private static ServiceRow RowOf(ServiceState service) => new(
        service.Row.Number, service.Identity, service.IsProcess, service.FirstSeen, service.SilencedAt,
        service.Unresolved is { } seen ? new UnresolvedRow(seen.Address, seen.Port, seen.Transport, seen.NetworkNamespace, seen.Hostname, seen.Path) : null);

    private PlaceRow RowOf(Place place) => new(
        place.Row.Number, place.Host.Row.Number, place.Number, [.. place.Seen],
        [.. partition.Links.RewrittenIn(place).Select(pair => new RewrittenEndpoint(EndpointOf(pair.Remote), [.. pair.Dialled.Select(EndpointOf)]))]);

    private static ProcessRow RowOf(ProcessState process) => process is { Observation: { } seen, Service: { } service }
        ? new ProcessRow(
            process.Row.Number, process.Run.Row.Number, process.Number, service.Row.Number, seen.Service.Namespace, seen.Pid, seen.StartTime.UtcTicks,
            seen.Comm, seen.Exe, seen.Alive, process.IsMissing)
        : new ProcessRow(process.Row.Number, process.Run.Row.Number, process.Number, 0, null, 0, 0, "", "", true, process.IsMissing);

    private ListenerRow RowOf(ListenerState listener) => new(
        listener.Row.Number, listener.Place.Host.Row.Number, listener.Place.Number, EndpointOf(listener.Endpoint), listener.Path, listener.ClosedAt,
        [.. listener.Owners.Select(owner => new OwnerRow(NumberOf(ref owner.Process.Row), owner.Open, owner.Since.UtcTicks))]);

    private DependencyRow RowOf(DependencyState dependency) => new(
        dependency.Row.Number, NumberOf(ref dependency.Process.Row), dependency.Place.Number, dependency.Role, EndpointOf(dependency.Endpoint.Key),
        dependency.PeerAddress, dependency.Generation, dependency.Counters, dependency.FirstSeen, dependency.LastSeen, dependency.Rtt.ToRow(),
        dependency.Details)
    {
        Past = dependency.Before is { } before ? new DependencyPast(before.Counters, before.Rare, before.Rtt.ToRow(), before.Since) : null,
        Former = dependency is { Edge: { } edge, TargetProcess: { } process } && dependency.Has(DependencyFlags.TakenOver)
            ? new FormerTarget(
                NumberOf(ref edge.Target.Row), process.Row.Number,
                dependency.TargetPlace is { } place ? NumberOf(ref place.Host.Row) : 0, dependency.TargetPlace?.Number ?? 0)
            : null,
    };

    private EdgeRow RowOf(EdgeState edge, SettledCounters settled) => new(
        settled.Row.Number, NumberOf(ref edge.Source.Row), NumberOf(ref edge.Target.Row), edge.Transport, edge.Port, edge.Path,
        new EdgePast(
            settled.Client, settled.Server, settled.ClientRare, settled.ServerRare, settled.LastFailure, settled.ClientRtt?.ToArray(),
            settled.ServerRtt?.ToArray(), settled.HasClient, settled.HasServer, settled.Matched, settled.FirstSeen, settled.LastSeen, settled.ClientFound, settled.ServerFound));

    private LinkRow RowOf(Link link) => new(
        link.Row.Number, NumberOf(ref link.Client.Row), link.ClientPlace.Number, EndpointOf(link.Dialled), NumberOf(ref link.ServerPlace.Host.Row),
        link.ServerPlace.Number, EndpointOf(link.Actual), link.Peer, link.Server is null ? 0 : NumberOf(ref link.Server.Row), link.Since);

    private static RowEndpoint EndpointOf(EndpointKey key) => new(key.Address, key.Port, key.Transport);
}
