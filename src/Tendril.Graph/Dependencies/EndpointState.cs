namespace Tendril.Graph;

/// <summary>A server address and port, wherever it may be: all that is needed to say who serves it, and whose two ends met, is here.</summary>
internal sealed class EndpointState(EndpointKey key)
{
    public readonly EndpointKey Key = key;

    /// <summary>Heads of the lists of dependencies reported by clients of it and by servers on it.</summary>
    public DependencyState? Clients { get; private set; }

    public DependencyState? Servers { get; private set; }

    /// <summary>Neighbours among the endpoints of the same transport and port.</summary>
    public EndpointState? NextAtPort { get; set; }

    public EndpointState? PreviousAtPort { get; set; }

    /// <summary>Waits for its two ends to be matched at the next publication.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Something changed that decides where its dependencies lead.</summary>
    public bool NeedsRetarget { get; set; }

    public bool IsEmpty => Clients is null && Servers is null;

    public void Add(DependencyState dependency)
    {
        var head = dependency.IsClient ? Clients : Servers;
        dependency.NextAtEndpoint = head;
        if (head is not null)
            head.PreviousAtEndpoint = dependency;
        SetHead(dependency.IsClient, dependency);
    }

    public void Remove(DependencyState dependency)
    {
        var (previous, next) = (dependency.PreviousAtEndpoint, dependency.NextAtEndpoint);
        if (next is not null)
            next.PreviousAtEndpoint = previous;
        if (previous is not null)
            previous.NextAtEndpoint = next;
        else
            SetHead(dependency.IsClient, next);
        dependency.PreviousAtEndpoint = dependency.NextAtEndpoint = null;
    }

    private void SetHead(bool client, DependencyState? head)
    {
        if (client)
            Clients = head;
        else
            Servers = head;
    }
}
