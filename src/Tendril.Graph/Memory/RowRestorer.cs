namespace Tendril.Graph;

/// <summary>
/// Puts kept rows back into an empty graph, as if their agents had reported them and were away since. A row that refers to one that is not there
/// is left out.
/// </summary>
internal sealed class RowRestorer(HostTable hosts, ServiceTable services, GraphPartition partition, HandshakeJoiner handshakes, long now)
{
    private readonly Dictionary<long, HostState> _hosts = [];
    private readonly Dictionary<long, AgentRun> _runs = [];
    private readonly Dictionary<long, ServiceState> _services = [];
    private readonly Dictionary<long, ProcessState> _processes = [];

    /// <summary>The highest number met.</summary>
    public long Last { get; private set; }

    /// <summary>Rows that referred to what is not there.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Those whose processes and listeners are the present, as far as anybody knows.</summary>
    public List<AgentRun> PresentRuns { get; } = [];

    public void Restore(GraphRows rows)
    {
        foreach (var service in rows.Services)
            Restore(service);
        foreach (var host in rows.Hosts)
            Restore(host);
        foreach (var run in rows.Runs.OrderBy(run => run.StartMicros))
            Restore(run);
        foreach (var process in rows.Processes)
            Restore(process);
        foreach (var place in rows.Places)
            Restore(place);
        foreach (var listener in rows.Listeners)
            Restore(listener);
        foreach (var edge in rows.Edges)
            Restore(edge);
        foreach (var dependency in rows.Dependencies)
            Restore(dependency);
        foreach (var link in rows.Links)
            Restore(link);
        hosts.Owners.Changed.Clear();
    }

    private void Restore(ServiceRow row)
    {
        var service = services.Restore(row.Identity);
        (service.IsProcess, service.FirstSeen, service.SilencedAt) = (row.IsProcess, row.FirstSeen, row.SilencedAt);
        service.Unresolved = row.Unresolved is { } seen
            ? new UnresolvedName(seen.Address, seen.Port, seen.Transport, seen.Place, seen.Hostname, seen.Path)
            : null;
        Keep(ref service.Row, row.Row);
        _services[row.Row] = service;
    }

    private void Restore(HostRow row)
    {
        var host = hosts.GetOrAdd(row.HostId);
        host.RetiredUntilMicros = row.RetiredUntilMicros;
        hosts.SetOwnAddresses(host, row.OwnAddresses);
        hosts.SetStale(host, true);
        Keep(ref host.Row, row.Row);
        _hosts[row.Row] = host;
    }

    private void Restore(RunRow row)
    {
        if (!Find(_hosts, row.Host, out var host))
            return;

        var run = new AgentRun(host, row.Hostname, row.StartMicros, row.HostNetworkNamespace) { EndedAt = row.EndedAt, HasPredecessor = row.HasPredecessor, HasToldAll = row.HasToldAll };
        host.Runs.Add(run);
        Keep(ref run.Row, row.Row);
        _runs[row.Row] = run;
        if (!row.IsPresent)
            return;

        host.Present = run;
        PresentRuns.Add(run);
    }

    private void Restore(ProcessRow row)
    {
        if (!Find(_runs, row.Run, out var run))
            return;

        var process = new ProcessState(run, row.Number) { IsMissing = row.IsMissing };
        run.Processes[row.Number] = process;
        Keep(ref process.Row, row.Row);
        _processes[row.Row] = process;
        if (row.Service == 0 || !Find(_services, row.Service, out var service))
            return;

        process.Observation = new ProcessObservation(
            row.Number, row.Pid, new DateTimeOffset(row.StartTime, TimeSpan.Zero), row.Comm, row.Exe, row.Alive,
            service.Identity.Namespace == row.Namespace ? service.Identity : service.Identity with { Namespace = row.Namespace });
        service.Add(process);
        services.Enqueue(service);
        Keep(ref process.Row, row.Row);
    }

    private void Restore(PlaceRow row)
    {
        if (!Find(_hosts, row.Host, out var host))
            return;

        var place = hosts.Place(host, row.Place);
        foreach (var address in row.Seen)
            place.See(address);
        foreach (var rewritten in row.Rewritten)
        {
            foreach (var dialled in rewritten.Dialled)
                partition.Links.Rewrite(place, KeyOf(rewritten.Remote), KeyOf(dialled));
        }

        Keep(ref place.Row, row.Row);
    }

    private void Restore(ListenerRow row)
    {
        if (!Find(_hosts, row.Host, out var host))
            return;

        var place = hosts.Place(host, row.Place);
        var key = KeyOf(row.Endpoint);
        var listener = new ListenerState(place, key) { ClosedAt = row.ClosedAt };
        if (!place.Listeners.TryAdd(key, listener))
            return;

        place.Learn(in key);
        foreach (var owner in row.Owners)
        {
            if (Find(_processes, owner.Process, out var process))
            {
                listener.Report(process, new ListenerObservation(
                    row.Place, key.Address, key.Port, key.Transport, process.Number, owner.Open, new DateTimeOffset(owner.Since, TimeSpan.Zero), row.Path));
            }
        }

        listener.Refresh(now);
        Keep(ref listener.Row, row.Row);
    }

    private void Restore(EdgeRow row)
    {
        if (!Find(_services, row.Source, out var source) || !Find(_services, row.Target, out var target))
            return;

        var (edge, past) = (partition.Edges.GetOrAdd(source, target, row.Transport, row.Port, row.Path), row.Past);
        if (edge.Settled is not null)
            return;

        edge.Settled = new SettledCounters
        {
            Client = past.Client,
            Server = past.Server,
            ClientRare = past.ClientRare,
            ServerRare = past.ServerRare,
            LastFailure = past.LastFailure,
            ClientRtt = past.ClientRtt?.ToArray(),
            ServerRtt = past.ServerRtt?.ToArray(),
            HasClient = past.HasClient,
            HasServer = past.HasServer,
            Matched = past.Matched,
            ClientFound = past.ClientFound,
            ServerFound = past.ServerFound,
            FirstSeen = past.FirstSeen,
            LastSeen = past.LastSeen,
            IsRestored = true,
        };
        Keep(ref edge.Settled.Row, row.Row);
        partition.Edges.Enqueue(edge);
    }

    private void Restore(DependencyRow row)
    {
        if (!Find(_processes, row.Process, out var process))
            return;

        var key = new DependencyKey(
            row.Place, process.Number, row.Role, row.Endpoint.Transport, row.Endpoint.Address, row.Endpoint.Port, row.PeerAddress, row.Generation);
        if (partition.Restore(process.Run, new DependencyObservation(
            key, row.Counters, new DateTimeOffset(row.FirstSeen, TimeSpan.Zero), new DateTimeOffset(row.LastSeen, TimeSpan.Zero), null, row.Details)) is not { } dependency)
        {
            LeftOut++;
            return;
        }

        dependency.Rtt = RttBuckets.OfRow(row.Rtt);
        if (row.Past is { } past)
            dependency.Before = new CountersBefore(past.Counters, past.Rare, RttBuckets.OfRow(past.Rtt), past.Since);
        if (row.Former is { } former && _services.TryGetValue(former.Service, out var target))
        {
            partition.RestoreTakenOver(
                dependency, target, _processes.GetValueOrDefault(former.Process) ?? new ProcessState(process.Run, 0),
                _hosts.TryGetValue(former.Host, out var host) ? hosts.Place(host, former.Place) : null);
        }

        Keep(ref dependency.Row, row.Row);
    }

    private void Restore(LinkRow row)
    {
        if (!Find(_processes, row.Client, out var client) || !Find(_hosts, row.ServerHost, out var serverHost))
            return;

        var link = new Link(
            client, hosts.Place(client.Run.Host, row.ClientPlace), KeyOf(row.Dialled), hosts.Place(serverHost, row.ServerPlace), KeyOf(row.Actual), row.Peer)
        {
            Since = row.Since,
        };
        if (!handshakes.Restore(link, _processes.GetValueOrDefault(row.Server), now))
            LeftOut++;
        Keep(ref link.Row, row.Row);
    }

    private void Keep(ref KeptRow row, long number)
    {
        row.Is(number);
        Last = Math.Max(Last, number);
    }

    private bool Find<T>(Dictionary<long, T> states, long row, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? state)
        where T : class
    {
        if (states.TryGetValue(row, out state))
            return true;

        LeftOut++;
        return false;
    }

    private static EndpointKey KeyOf(RowEndpoint endpoint) => new(endpoint.Address, endpoint.Port, endpoint.Transport);
}
