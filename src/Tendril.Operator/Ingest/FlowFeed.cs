using System.Threading.Channels;
using Tendril.Graph;
using Tendril.Operator.Naming;
using Tendril.Protocol;
using Role = Tendril.Protocol.Role;

namespace Tendril.Operator.Ingest;

/// <summary>Hands flow events to whoever observes. Nobody who is slow holds the others up: what does not fit is counted.</summary>
internal sealed class FlowFeed(AgentRegistry agents, Rejections rejections, ServiceNaming naming, OperatorOptions options)
{
    public const int MaxObservers = 64;
    private readonly Lock _lock = new();
    private readonly RecentClients _clients = new();
    private volatile FlowObserver[] _observers = [];

    /// <summary>While somebody observes, agents send more. Null when as many observe as may, over gRPC and HTTP together.</summary>
    public FlowObserver? TryJoin(FlowFilter filter)
    {
        lock (_lock)
        {
            if (_observers.Length >= MaxObservers)
            {
                return null;
            }

            var observer = new FlowObserver(filter);
            _observers = [.. _observers, observer];
            agents.SetFlowEventBudget(options.ObservedFlowEvents);
            return observer;
        }
    }

    public void Leave(FlowObserver observer)
    {
        lock (_lock)
        {
            _observers = [.. _observers.Where(other => other != observer)];
            if (_observers.Length == 0)
            {
                agents.SetFlowEventBudget(options.FlowEvents);
            }
        }
    }

    /// <summary>Called by the writer, which owns the processes that give the names.</summary>
    public void Publish(HostRuns runs, HostRun run, FlowEvents flows)
    {
        var observers = _observers;
        if (observers.Length == 0)
        {
            return;
        }

        foreach (var flow in flows.Events)
        {
            if (Resolve(runs, run, flow) is { } resolved)
            {
                foreach (var observer in observers)
                {
                    observer.Offer(resolved);
                }
            }
        }
    }

    private ResolvedFlow? Resolve(HostRuns runs, HostRun run, FlowEvent flow)
    {
        if (!NetAddress.TryRead(flow.LocalAddress.Span, out var local) || !NetAddress.TryRead(flow.RemoteAddress.Span, out var remote))
        {
            rejections.Add(Rejections.Address);
            return null;
        }

        if (flow.LocalPort > ushort.MaxValue || flow.RemotePort > ushort.MaxValue)
        {
            rejections.Add(Rejections.Port);
            return null;
        }

        if (flow.Kind is not (FlowKind.Opened or FlowKind.Closed or FlowKind.Failed))
        {
            rejections.Add(Rejections.FlowKind);
            return null;
        }

        flow.Comm = IngestLimits.Cut(flow.Comm, 64);
        var own = run.Processes.ServiceOf(flow.ProcessNumber);
        var peer = flow.Role == Role.Client ? Server(runs, run, flow, remote) : Client(run, flow, local, remote);
        if (flow.Role == Role.Client && own is not null)
        {
            _clients.Add(new(local, (ushort)flow.LocalPort, remote, (ushort)flow.RemotePort), own);
        }

        if (own is { Hidden: true } || peer is { Hidden: true })
        {
            return null;
        }

        var (client, server) = flow.Role == Role.Client ? (own, peer) : (peer, own);
        return new(flow, run.Processes.Host, run.KeyOf(flow, local, remote), local, remote, client, server, client is { Kind: not ("address" or "external" or "other") });
    }

    private ServiceIdentity Server(HostRuns runs, HostRun run, FlowEvent flow, NetAddress remote) =>
        runs.ServiceAt(run, flow.NetworkNamespace, remote, (ushort)flow.RemotePort, (Graph.Transport)flow.Transport)
        ?? naming.NameUnresolved(new(run.Processes.Host.Id, run.Processes.Host.Name, Own(run, flow), remote, (ushort)flow.RemotePort, (Graph.Transport)flow.Transport));

    private ServiceIdentity Client(HostRun run, FlowEvent flow, NetAddress local, NetAddress remote) =>
        _clients.Find(new(remote, (ushort)flow.RemotePort, local, (ushort)flow.LocalPort))
        ?? naming.NameUnresolved(new(run.Processes.Host.Id, run.Processes.Host.Name, Own(run, flow), remote, null, (Graph.Transport)flow.Transport));

    private static ulong Own(HostRun run, FlowEvent flow) => flow.NetworkNamespace == run.Processes.Host.NetworkNamespace ? 0 : flow.NetworkNamespace;
}

/// <summary>A flow event and the names of its ends.</summary>
/// <param name="Key">Of the dependency that the connection is counted on, as the reporting side has it.</param>
/// <param name="IsClientKnown">False where of the client only an address is known.</param>
internal sealed record ResolvedFlow(
    FlowEvent Event, HostFacts Reporter, ReportKey Key, NetAddress Local, NetAddress Remote, ServiceIdentity? Client, ServiceIdentity? Server, bool IsClientKnown)
{
    public string Host => Reporter.Name;

    public string HostId => Reporter.Id;

    public int ServerPort => Key.Port;
}

/// <summary>One who observes.</summary>
internal sealed class FlowObserver(FlowFilter filter)
{
    private const int Capacity = 4_096;
    private readonly Channel<ResolvedFlow> _flows = Channel.CreateBounded<ResolvedFlow>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private long _lost;

    public FlowFilter Filter => filter;

    public ChannelReader<ResolvedFlow> Flows => _flows.Reader;

    /// <summary>Events that it was too slow to take.</summary>
    public ulong Lost => (ulong)Volatile.Read(ref _lost);

    public void Offer(ResolvedFlow flow)
    {
        if (filter.Matches(flow) && !_flows.Writer.TryWrite(flow))
        {
            Interlocked.Increment(ref _lost);
        }
    }
}
