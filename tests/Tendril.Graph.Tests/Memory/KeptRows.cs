using System.Text.Json;

namespace Tendril.Graph.Tests.Memory;

/// <summary>Keeps rows as an operator's memory does: each replaces the one with its number.</summary>
internal sealed class KeptRows
{
    private readonly Dictionary<(RowKind, long), object> _rows = [];
    private long _takenAt;
    private IReadOnlyList<Downtime> _downtimes = [];

    public void Write(GraphRows rows)
    {
        (_takenAt, _downtimes) = (rows.TakenAt, rows.Downtimes);
        if (rows.IsWhole)
            _rows.Clear();
        foreach (var forgotten in rows.Forgotten)
            _rows.Remove((forgotten.Kind, forgotten.Row));
        rows.Hosts.ForEach(row => _rows[(RowKind.Host, row.Row)] = row);
        rows.Runs.ForEach(row => _rows[(RowKind.Run, row.Row)] = row);
        rows.Places.ForEach(row => _rows[(RowKind.Place, row.Row)] = row);
        rows.Services.ForEach(row => _rows[(RowKind.Service, row.Row)] = row);
        rows.Processes.ForEach(row => _rows[(RowKind.Process, row.Row)] = row);
        rows.Listeners.ForEach(row => _rows[(RowKind.Listener, row.Row)] = row);
        rows.Dependencies.ForEach(row => _rows[(RowKind.Dependency, row.Row)] = row);
        rows.Edges.ForEach(row => _rows[(RowKind.Edge, row.Row)] = row);
        rows.Links.ForEach(row => _rows[(RowKind.Link, row.Row)] = row);
    }

    public GraphRows Read()
    {
        var rows = new GraphRows { IsWhole = true, TakenAt = _takenAt, Downtimes = _downtimes };
        rows.Hosts.AddRange(_rows.Values.OfType<HostRow>());
        rows.Runs.AddRange(_rows.Values.OfType<RunRow>());
        rows.Places.AddRange(_rows.Values.OfType<PlaceRow>());
        rows.Services.AddRange(_rows.Values.OfType<ServiceRow>());
        rows.Processes.AddRange(_rows.Values.OfType<ProcessRow>());
        rows.Listeners.AddRange(_rows.Values.OfType<ListenerRow>());
        rows.Dependencies.AddRange(_rows.Values.OfType<DependencyRow>());
        rows.Edges.AddRange(_rows.Values.OfType<EdgeRow>());
        rows.Links.AddRange(_rows.Values.OfType<LinkRow>());
        return rows;
    }

    /// <summary>Every row with all that is in it, sorted.</summary>
    public IEnumerable<string> Texts() =>
        _rows.Select(pair => $"{pair.Key.Item1} {JsonSerializer.Serialize(pair.Value, pair.Value.GetType())}").Order(StringComparer.Ordinal);
}
