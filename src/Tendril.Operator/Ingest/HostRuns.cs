using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tendril.Graph;
using Tendril.Operator.Naming;
using Tendril.Protocol;
using Transport = Tendril.Graph.Transport;

namespace Tendril.Operator.Ingest;

/// <summary>The newest agent run of each host. Owned by the graph's writer.</summary>
internal sealed class HostRuns(DependencyGraph graph, ServiceNaming naming, Rejections rejections, OperatorOptions options)
{
    private readonly Dictionary<string, HostRun> _runs = [];

    /// <summary>Of hosts whose agents were known before the operator's restart.</summary>
    private readonly Dictionary<string, AgentRun> _restored = [];

    public Rejections Rejections => rejections;

    public HostRun Of(AgentSession session)
    {
        ref var run = ref CollectionsMarshal.GetValueRefOrAddDefault(_runs, session.Host.Id, out _);
        if (run is null || run.StartMicros != session.RunStartMicros)
        {
            var host = session.Host;
            run = new HostRun(
                graph, graph.BeginRun(host.Id, host.Name, (long)session.RunStartMicros, host.NetworkNamespace, host.Addresses),
                new HostProcesses(host, naming, options.MaxProcesses), rejections, session.RunStartMicros);
        }

        run.Session = session;
        return run;
    }

    /// <summary>Whether a later stream of the host has said something.</summary>
    public bool HasHeardAfter(AgentSession session) =>
        _runs.TryGetValue(session.Host.Id, out var run) && run.Session is { } last && last.Order > session.Order;

    /// <summary>These are the present until their agents report, or are away for long.</summary>
    public void Restore(IEnumerable<AgentRun> present)
    {
        foreach (var run in present)
        {
            _restored[run.HostId] = run;
        }
    }

    /// <summary>A host whose agent has been away for long: its processes and listeners are no longer taken as the present.</summary>
    public void Forget(string hostId)
    {
        if (_runs.Remove(hostId, out var run))
        {
            graph.EndRun(run.Run);
        }

        // A newer run is the present now, or there is none: ending it again does nothing.
        if (_restored.Remove(hostId, out var restored))
        {
            graph.EndRun(restored);
        }
    }

    /// <summary>Makes what the graph itself refused visible with the rest.</summary>
    public void CountLosses()
    {
        var losses = graph.Losses;
        rejections.Set(Rejections.GraphDependencies, losses.Dependencies);
        rejections.Set(Rejections.GraphProcesses, losses.Processes);
        rejections.Set(Rejections.GraphListeners, losses.Listeners);
    }

    /// <summary>The newest connections that an edge's reports tell of.</summary>
    public ImmutableArray<ConnectionSample> SamplesOf(EdgeEvidence evidence) =>
        [.. evidence.Reports
            .SelectMany(report => _runs.TryGetValue(report.Host, out var run) ? run.Samples.Of(report.Key) : [])
            .OrderByDescending(sample => sample.Time).Take(ConnectionSamples.OfEach)];

    public bool IsFullReportOpen(TimeProvider clock, TimeSpan within) =>
        _runs.Values.Any(run => run is { FullSince: { } since, Session.HasEnded: false } && clock.GetElapsedTime(since) < within);

    /// <summary>Who listens at an address as seen from a host: its own addresses first, then the other hosts'.</summary>
    public ServiceIdentity? ServiceAt(HostRun from, ulong networkNamespace, NetAddress address, ushort port, Transport transport)
    {
        if (from.Processes.ServiceAt(networkNamespace, address, port, transport) is { } here)
        {
            return here;
        }

        return address.IsLoopback ? null : _runs.Values
            .Where(run => run.Processes.Host.Addresses.Contains(address))
            .Select(run => run.Processes.ServiceAt(run.Processes.Host.NetworkNamespace, address, port, transport))
            .FirstOrDefault(service => service is not null);
    }
}

/// <summary>One run of an agent: its graph key, its processes, and whether a full report is under way.</summary>
internal sealed class HostRun(DependencyGraph graph, AgentRun run, HostProcesses processes, Rejections rejections, ulong startMicros)
{
    public ulong StartMicros => startMicros;

    public AgentRun Run => run;

    public HostProcesses Processes => processes;

    /// <summary>The stream that spoke for it last: one that ended will not end its full report.</summary>
    public AgentSession? Session { get; set; }

    public ConnectionSamples Samples { get; } = new(processes.Host.Name);

    /// <summary>Timestamp at which a full report began that has not ended; null when none is under way.</summary>
    public long? FullSince { get; private set; }

    /// <summary>Processes first, so that whoever a listener or dependency names is known.</summary>
    public void Apply(ReportBatch report, long timestamp)
    {
        if (report.FullBegin)
        {
            FullSince = timestamp;
            processes.BeginFull();
            graph.BeginFull(run);
        }

        Count(Rejections.TooManyProcesses, report.Processes.Count(process => !processes.Add(process)));
        // A service is known by its ports; a Unix socket alone leaves it its program's name.
        var listeners = report.Listeners.Where(listener => listener.Transport == Transport.Unix || processes.Add(listener)).ToList();
        Count(Rejections.TooManyListeners, report.Listeners.Count - listeners.Count);
        ApplyRenamed();
        // What was counted until now was counted while the endpoints were as they were.
        graph.Apply(run, CollectionsMarshal.AsSpan(report.Dependencies));
        foreach (var listener in listeners)
        {
            graph.Apply(run, listener);
        }

        if (report.FullEnd && FullSince is not null)
        {
            FullSince = null;
            processes.EndFull();
            ApplyRenamed();
            graph.EndFull(run);
        }
    }

    /// <summary>
    /// Tells the graph where connections come from and what their handshakes were, whether anybody observes or not. A container that listens nowhere is known by nothing
    /// else, and the server's report of its connections would be an edge from a bare address beside the client's own.
    /// </summary>
    public void Learn(FlowEvents flows, DateTimeOffset now)
    {
        foreach (var flow in flows.Events)
        {
            Sample(flow, now);
            // What was established had this address for certain. Malformed events are counted where they are passed on.
            if (flow.Role == Protocol.Role.Client && flow.Transport != Protocol.Transport.Unix && flow.Kind is FlowKind.Opened or FlowKind.Closed
                && NetAddress.TryRead(flow.LocalAddress.Span, out var local))
            {
                graph.ApplyLocalAddress(run, flow.NetworkNamespace, local);
            }

            if (HandshakeReader.Read(flow) is { } handshake)
            {
                graph.Apply(run, handshake);
            }
        }
    }

    /// <summary>Tells what report a connection is counted in. The event's ports are ports, its addresses are those given.</summary>
    public ReportKey KeyOf(FlowEvent flow, NetAddress local, NetAddress remote)
    {
        var (address, port) = flow.Role == Protocol.Role.Client ? (remote, flow.RemotePort) : (local, flow.LocalPort);
        var isHosts = flow.NetworkNamespace == processes.Host.NetworkNamespace || flow.Transport == Protocol.Transport.Unix;
        return new(
            (long)startMicros, isHosts ? 0 : flow.NetworkNamespace, flow.ProcessNumber, (Graph.Role)flow.Role, (Transport)flow.Transport, address, (ushort)port);
    }

    private void Sample(FlowEvent flow, DateTimeOffset now)
    {
        if (flow.Kind is not (FlowKind.Opened or FlowKind.Closed or FlowKind.Failed) || flow.Role is not (Protocol.Role.Client or Protocol.Role.Server)
            || flow.LocalPort > ushort.MaxValue || flow.RemotePort > ushort.MaxValue
            || !NetAddress.TryRead(flow.LocalAddress.Span, out var local) || !NetAddress.TryRead(flow.RemoteAddress.Span, out var remote))
        {
            return;
        }

        Samples.Add(flow, KeyOf(flow, local, remote), local, remote, WireTime.Read(flow.TimeUs, now));
    }

    private void ApplyRenamed()
    {
        foreach (var process in processes.TakeChanges())
        {
            graph.Apply(run, process);
        }
    }

    private void Count(string reason, int count)
    {
        if (count > 0)
        {
            rejections.Add(reason, count);
        }
    }
}
