namespace Tendril.Graph;

/// <summary>The edges of a partition by their ends, bounded by <see cref="GraphOptions.MaxEdges"/>.</summary>
internal sealed class EdgeTable
{
    private readonly HashSet<EdgeState> _edges = new(new ByEnds());
    private readonly HashSet<EdgeState>.AlternateLookup<Ends> _lookup;
    private readonly ServiceTable _services;
    private readonly int _maxEdges;

    public EdgeTable(ServiceTable services, int maxEdges)
    {
        _services = services;
        _maxEdges = maxEdges;
        _lookup = _edges.GetAlternateLookup<Ends>();
    }

    public int Count => _edges.Count;

    public HashSet<EdgeState> All => _edges;

    /// <summary>Edges that are rebuilt at the next publication.</summary>
    public List<EdgeState> Queue { get; } = [];

    /// <summary>The edge between two services, or, when there are too many, the one that stands for all others.</summary>
    public EdgeState GetOrAdd(ServiceState source, ServiceState target, Transport transport, ushort port, string? path)
    {
        if (_lookup.TryGetValue(new Ends(source, target, transport, port, path), out var edge))
            return edge;
        if (_edges.Count < _maxEdges)
        {
            return Add(path is null
                ? new EdgeState(this, source, target, transport, port)
                : new UnixEdgeState(this, source, target, transport, port, path));
        }

        var other = _services.Other();
        return _lookup.TryGetValue(new Ends(other, other, transport, 0, null), out edge)
            ? edge
            : Add(new EdgeState(this, other, other, transport, 0));
    }

    public bool Contains(ServiceState source, ServiceState target, Transport transport, ushort port, string? path) =>
        _lookup.TryGetValue(new Ends(source, target, transport, port, path), out _);

    public void Enqueue(EdgeState edge)
    {
        if (edge.IsQueued)
            return;

        edge.IsQueued = true;
        Queue.Add(edge);
    }

    public void Remove(EdgeState edge)
    {
        _edges.Remove(edge);
        edge.Deadline = -1;
        if (edge.Settled is { } settled)
            _services.Forgotten.Add(RowKind.Edge, settled.Row);
        Unlink(edge);
        CountAddresses(edge, -1);
        _services.Enqueue(edge.Source);
        _services.Enqueue(edge.Target);
    }

    private EdgeState Add(EdgeState edge)
    {
        _edges.Add(edge);
        edge.NextOutgoing = edge.Source.Outgoing;
        if (edge.NextOutgoing is not null)
            edge.NextOutgoing.PreviousOutgoing = edge;
        edge.Source.Outgoing = edge;
        edge.NextIncoming = edge.Target.Incoming;
        if (edge.NextIncoming is not null)
            edge.NextIncoming.PreviousIncoming = edge;
        edge.Target.Incoming = edge;
        CountAddresses(edge, +1);
        return edge;
    }

    private static void CountAddresses(EdgeState edge, int change)
    {
        edge.Source.AddressesCalled += edge.Target.IsBare ? change : 0;
        edge.Target.AddressesCalling += edge.Source.IsBare ? change : 0;
    }

    private static void Unlink(EdgeState edge)
    {
        if (edge.NextOutgoing is not null)
            edge.NextOutgoing.PreviousOutgoing = edge.PreviousOutgoing;
        if (edge.PreviousOutgoing is not null)
            edge.PreviousOutgoing.NextOutgoing = edge.NextOutgoing;
        else
            edge.Source.Outgoing = edge.NextOutgoing;
        if (edge.NextIncoming is not null)
            edge.NextIncoming.PreviousIncoming = edge.PreviousIncoming;
        if (edge.PreviousIncoming is not null)
            edge.PreviousIncoming.NextIncoming = edge.NextIncoming;
        else
            edge.Target.Incoming = edge.NextIncoming;
    }

    private readonly record struct Ends(ServiceState Source, ServiceState Target, Transport Transport, ushort Port, string? Path);

    private sealed class ByEnds : IEqualityComparer<EdgeState>, IAlternateEqualityComparer<Ends, EdgeState>
    {
        public bool Equals(EdgeState? x, EdgeState? y) => ReferenceEquals(x, y);

        public int GetHashCode(EdgeState edge) => GetHashCode(new Ends(edge.Source, edge.Target, edge.Transport, edge.Port, edge.Path));

        public bool Equals(Ends ends, EdgeState edge) =>
            ReferenceEquals(ends.Source, edge.Source) && ReferenceEquals(ends.Target, edge.Target)
            && ends.Port == edge.Port && ends.Transport == edge.Transport && ends.Path == edge.Path;

        public int GetHashCode(Ends ends) => HashCode.Combine(
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(ends.Source),
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(ends.Target), ends.Transport, ends.Port, ends.Path);

        public EdgeState Create(Ends ends) => throw new NotSupportedException("An edge is added by GetOrAdd.");
    }
}
