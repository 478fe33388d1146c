using System.Threading.Channels;
using Grpc.Core;
using Tendril.Graph;
using Tendril.Protocol;
using Role = Tendril.Protocol.Role;

namespace Tendril.Operator.Ingest;

/// <summary>Hands flow events to whoever observes. Nobody who is slow holds the others up: what does not fit is counted.</summary>
internal sealed class FlowFeed(AgentRegistry agents, Rejections rejections, Naming.ServiceNaming naming, OperatorOptions options)
{
    public const int MaxObservers = 64;
    private readonly Lock _lock = new();
    private readonly RecentClients _clients = new();
    private volatile FlowObserver[] _observers = [];

    /// <summary>While somebody observes, agents send more.</summary>
    public FlowObserver Join(ObserveRequest filter)
    {
        lock (_lock)
        {
            if (_observers.Length >= MaxObservers)
            {
                throw new RpcException(new Status(StatusCode.ResourceExhausted, $"{MaxObservers} callers observe already; end one of them"));
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
        return new(flow, run.Processes.Host.Name, client, server, (int)(flow.Role == Role.Client ? flow.RemotePort : flow.LocalPort));
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
internal sealed record ResolvedFlow(FlowEvent Event, string Host, ServiceIdentity? Client, ServiceIdentity? Server, int ServerPort);

/// <summary>One caller of Observe.</summary>
internal sealed class FlowObserver(ObserveRequest filter)
{
    private const int Capacity = 4_096;
    private readonly Channel<ResolvedFlow> _flows = Channel.CreateBounded<ResolvedFlow>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private long _lost;

    public ChannelReader<ResolvedFlow> Flows => _flows.Reader;

    public ulong Lost => (ulong)Volatile.Read(ref _lost);

    public void Offer(ResolvedFlow flow)
    {
        if (Wants(flow) && !_flows.Writer.TryWrite(flow))
        {
            Interlocked.Increment(ref _lost);
        }
    }

    private bool Wants(ResolvedFlow flow) =>
        (filter.Port == 0 || filter.Port == flow.ServerPort)
        && (filter.Kind == FlowKind.Unspecified || filter.Kind == flow.Event.Kind)
        && (filter.Service.Length == 0 || Is(flow.Client) || Is(flow.Server));

    private bool Is(ServiceIdentity? service) => service is not null && (service.Name == filter.Service || service.Id == filter.Service);
}
