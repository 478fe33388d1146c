using System.Collections.Immutable;

namespace Tendril.Graph;

/// <summary>Turns services that changed into published nodes, after their edges.</summary>
internal sealed class NodePublisher(GraphOptions options, ServiceTable services, Downtimes downtimes)
{
    private readonly PriorityQueue<ServiceState, long> _deadlines = new();

    public PublishedList<ServiceState, GraphNode> Published { get; } = new();

    public void Update(EdgePublisher edges, long now, long version)
    {
        while (_deadlines.TryPeek(out var service, out var deadline) && deadline <= now)
        {
            _deadlines.Dequeue();
            services.Enqueue(service);
        }

        foreach (var service in services.Queue)
            RefreshPresence(service, now);
        if (services.TopologyChanged)
            Topology.Of(Published.Owners, edges.Published.Owners.Count).Analyse(services);
        services.TopologyChanged = false;
        foreach (var service in services.Queue)
        {
            service.IsQueued = false;
            if (service.Slot >= 0)
                Publish(service, NodeBuilder.Build(service, edges.Published, now), version);
        }

        services.Queue.Clear();
        services.Queue.TrimExcess();
    }

    private void RefreshPresence(ServiceState service, long now)
    {
        var (wasListening, hadListened) = (service.IsListening, service.HasListened);
        service.IsListening = service.Processes.Exists(
            static process => process.Listeners.Exists(listener => listener.IsOpen && ReferenceEquals(listener.Owner!.Process, process)));
        service.HasListened = service.Processes.Exists(static process => process.Listeners.Count > 0);
        service.ListensForData = service.Processes.Exists(
            static process => process.Listeners.Exists(static listener => TierRules.IsDataPort(listener.Endpoint.Port)));
        if (service.IsListening && service.SilencedAt != 0)
        {
            service.SilencedAt = 0;
            service.Row.Touch();
        }
        else if (wasListening && !service.IsListening)
        {
            Silence(service, now);
        }

        var isRetained = service.SilencedAt > 0 && downtimes.Since(service.SilencedAt, now) < options.RetainGone.Ticks;
        var isShown = !service.Identity.Hidden && (service.VisibleEdges > 0 || service.IsListening || isRetained);
        services.TopologyChanged |= isShown != (service.Slot >= 0)
            || (isShown && (service.IsListening != wasListening || service.HasListened != hadListened));
        if (isShown && service.Slot < 0)
            Published.Reserve(service);
        else if (!isShown)
            Withdraw(service, isRetained);
    }

    private void Silence(ServiceState service, long now)
    {
        service.SilencedAt = now;
        service.Row.Touch();
        _deadlines.Enqueue(service, now + options.RetainGone.Ticks);
    }

    /// <summary>Services that were restored while they did not listen leave when their time is over, too.</summary>
    public void ScheduleRestored(long now)
    {
        foreach (var service in services.All)
        {
            if (service.SilencedAt > 0)
                _deadlines.Enqueue(service, now + Math.Max(0, options.RetainGone.Ticks - downtimes.Since(service.SilencedAt, now)));
        }
    }

    private void Withdraw(ServiceState service, bool isRetained)
    {
        Published.Remove(service, Published.Item(service)?.Id);
        if (service.Processes.Count == 0 && service.Outgoing is null && service.Incoming is null && !isRetained)
            services.Remove(service);
    }

    private void Publish(ServiceState service, GraphNode next, long version)
    {
        var former = Published.Item(service);
        if (former is null || !SameNode(former, next))
            Published.Set(service, next with { ChangedAt = version });
    }

    /// <summary>By contents: the generated equality compares arrays by reference.</summary>
    private static bool SameNode(GraphNode one, GraphNode other) =>
        one with { Endpoints = other.Endpoints, Hosts = other.Hosts, Processes = other.Processes, ChangedAt = other.ChangedAt } == other
        && Same(one.Endpoints, other.Endpoints) && Same(one.Hosts, other.Hosts) && Same(one.Processes, other.Processes);

    private static bool Same<T>(ImmutableArray<T> one, ImmutableArray<T> other) => one.AsSpan().SequenceEqual(other.AsSpan());
}
