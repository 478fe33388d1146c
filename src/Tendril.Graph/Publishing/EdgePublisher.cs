namespace Tendril.Graph;

/// <summary>Turns edges that changed, or grew old, into published ones.</summary>
internal sealed class EdgePublisher(GraphOptions options, ServiceTable services, Downtimes downtimes)
{
    private readonly Ageing _ageing = new(options, downtimes);
    private readonly StrengthScale _strength = new();
    private readonly PriorityQueue<EdgeState, long> _deadlines = new();
    private long _now;
    private long _version;

    public PublishedList<EdgeState, GraphEdge> Published { get; } = new();

    public Totals Totals { get; } = new();

    public void Update(GraphPartition partition, long now, long version)
    {
        (_now, _version) = (now, version);
        while (_deadlines.TryPeek(out var edge, out var deadline) && deadline <= now)
        {
            _deadlines.Dequeue();
            if (edge.IsRemoved || edge.Deadline != deadline)
                continue;

            edge.Deadline = long.MaxValue;
            edge.Table.Enqueue(edge);
        }

        var queue = partition.Edges.Queue;
        for (var i = 0; i < queue.Count; i++)
        {
            Refresh(partition, queue[i]);
            queue[i].IsQueued = false;
        }

        queue.Clear();
        if (_strength.IsStale && _strength.Rescale(Published.Owners.Select(Published.Item)!))
            UpdateStrengths();
    }

    private void Refresh(GraphPartition partition, EdgeState edge)
    {
        if (edge.IsRemoved)
            return;

        var figures = edge.Dependencies is null && edge.Settled is null ? default : EdgeFigures.Of(edge);
        var lastSeen = figures.IsOpen ? _now : Math.Min(LastSeen(figures), _now);
        if (figures.Evidence is null || _ageing.StateOf(lastSeen, figures.IsOpen, _now) is not { } state)
        {
            Withdraw(edge);
            partition.RemoveAllOf(edge);
            edge.Table.Remove(edge);
            return;
        }

        Schedule(edge, _ageing.NextLook(lastSeen, figures.IsOpen, _now));
        if (edge.IsHidden)
            Withdraw(edge);
        else
            Publish(edge, Build(partition, edge, figures with { FirstSeen = Math.Min(figures.FirstSeen, lastSeen), LastSeen = lastSeen }, state));
    }

    /// <summary>What was open when the graph was kept last was seen then.</summary>
    private long LastSeen(in EdgeFigures figures) =>
        figures.Active > 0 ? Math.Max(figures.LastSeen, downtimes.RestoredFrom) : figures.LastSeen;

    private void Schedule(EdgeState edge, long deadline)
    {
        if (deadline >= edge.Deadline)
            return;

        edge.Deadline = deadline;
        _deadlines.Enqueue(edge, deadline);
    }

    private void Publish(EdgeState edge, GraphEdge next)
    {
        var former = Published.Item(edge);
        next = next with { Strength = _strength.Of(next), ChangedAt = former?.ChangedAt ?? _version };
        if (next == former)
            return;

        if (former is null)
            Appear(edge, +1);
        Published.Set(edge, next with { ChangedAt = _version });
        Totals.Replace(former, next);
        _strength.Notice(former, next);
        services.Enqueue(edge.Source);
        services.Enqueue(edge.Target);
    }

    private void Withdraw(EdgeState edge)
    {
        if (Published.Item(edge) is not { } former)
            return;

        Published.Remove(edge, former.Id);
        Totals.Replace(former, null);
        _strength.Notice(former, null);
        Appear(edge, -1);
    }

    private void Appear(EdgeState edge, int change)
    {
        edge.Source.VisibleEdges += change;
        edge.Target.VisibleEdges += change;
        services.TopologyChanged = true;
        services.Enqueue(edge.Source);
        services.Enqueue(edge.Target);
    }

    private GraphEdge Build(GraphPartition partition, EdgeState edge, in EdgeFigures figures, string state)
    {
        var (counters, former) = (figures.Counters, Published.Item(edge));
        var transport = edge.Transport.Text();
        return new GraphEdge
        {
            Id = former?.Id ?? EdgeId.Of(edge),
            Source = edge.Source.Id,
            Target = edge.Target.Id,
            Transport = transport,
            Port = edge.Port,
            ConnectionsOpened = counters.Opened,
            ConnectionsFailed = counters.Failed,
            ConnectionsClosed = counters.Closed,
            ConnectionsActive = figures.Active,
            BytesSent = counters.BytesSent,
            BytesReceived = counters.BytesReceived,
            Retransmits = counters.Retransmits,
            RttMicros = figures.Rtt,
            Evidence = figures.Evidence,
            State = state,
            Stale = figures.IsRestored && !figures.IsHeard && partition.HasStaleHosts,
            FirstSeen = new DateTimeOffset(figures.FirstSeen, TimeSpan.Zero),
            LastSeen = new DateTimeOffset(figures.LastSeen, TimeSpan.Zero),
            Details = DetailsOf(partition, edge, figures),
        };
    }

    private static EdgeDetails DetailsOf(GraphPartition partition, EdgeState edge, in EdgeFigures figures)
    {
        if (figures.Counters.Failed == 0 && figures.Rare == default && figures.LastFailure is null && edge.Path is null && !figures.HasDialled)
            return EdgeDetails.None;

        return new EdgeDetails
        {
            Failures = EdgeFailures.Of(figures.Counters.Failed, figures.Rare),
            LastFailure = figures.LastFailure,
            Path = edge.Path,
            Dialled = figures.HasDialled ? DialledEndpoints.Of(edge, partition.Links) : [],
            DatagramsSent = figures.Rare.DatagramsSent,
            DatagramsReceived = figures.Rare.DatagramsReceived,
        };
    }

    private void UpdateStrengths()
    {
        foreach (var edge in Published.Owners)
        {
            var former = Published.Item(edge)!;
            var strength = _strength.Of(former);
            if (strength != former.Strength)
                Published.Set(edge, former with { Strength = strength, ChangedAt = _version });
        }
    }
}
