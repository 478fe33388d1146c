namespace Tendril.Graph;

/// <summary>The server endpoints of a partition, also by transport and port, as a listener on any address needs them.</summary>
internal sealed class EndpointTable
{
    private readonly Dictionary<EndpointKey, EndpointState> _endpoints = [];
    private readonly Dictionary<uint, EndpointState> _ports = [];

    /// <summary>Endpoints whose ends are matched at the next publication.</summary>
    public List<EndpointState> Queue { get; } = [];

    public EndpointState? Find(in EndpointKey key) => _endpoints.GetValueOrDefault(key);

    /// <summary>First of the endpoints of a transport and port.</summary>
    public EndpointState? AtPort(uint portNumber) => _ports.GetValueOrDefault(portNumber);

    public EndpointState GetOrAdd(in EndpointKey key)
    {
        if (_endpoints.TryGetValue(key, out var endpoint))
            return endpoint;

        _endpoints.Add(key, endpoint = new EndpointState(key));
        if (_ports.TryGetValue(key.PortNumber, out var head))
        {
            endpoint.NextAtPort = head;
            head.PreviousAtPort = endpoint;
        }

        _ports[key.PortNumber] = endpoint;
        return endpoint;
    }

    public void Enqueue(EndpointState endpoint, bool retarget)
    {
        endpoint.NeedsRetarget |= retarget;
        if (endpoint.IsQueued)
            return;

        endpoint.IsQueued = true;
        Queue.Add(endpoint);
    }

    public void Remove(EndpointState endpoint)
    {
        _endpoints.Remove(endpoint.Key);
        var (previous, next) = (endpoint.PreviousAtPort, endpoint.NextAtPort);
        if (next is not null)
            next.PreviousAtPort = previous;
        if (previous is not null)
            previous.NextAtPort = next;
        else if (next is not null)
            _ports[endpoint.Key.PortNumber] = next;
        else
            _ports.Remove(endpoint.Key.PortNumber);
    }
}
