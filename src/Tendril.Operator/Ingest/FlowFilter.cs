using System.Collections.Frozen;
using System.Collections.Immutable;
using Tendril.Graph;
using Tendril.Protocol;
using Role = Tendril.Protocol.Role;

namespace Tendril.Operator.Ingest;

/// <summary>Which flow events an observer wants: all conditions that are given must hold.</summary>
/// <param name="Service">Name or id of the client or the server; empty: any.</param>
/// <param name="Port">The server's; 0: any.</param>
/// <param name="Kind">Unspecified: any.</param>
/// <param name="Edge">Only connections of this dependency; null: of any.</param>
internal sealed record FlowFilter(string Service = "", uint Port = 0, FlowKind Kind = FlowKind.Unspecified, EdgeFlows? Edge = null)
{
    public bool Matches(ResolvedFlow flow) =>
        (Port == 0 || Port == flow.ServerPort)
        && (Kind == FlowKind.Unspecified || Kind == flow.Event.Kind)
        && (Service.Length == 0 || Is(flow.Client) || Is(flow.Server))
        && (Edge is null || Edge.Contains(flow));

    private bool Is(ServiceIdentity? service) => service is not null && (service.Name == Service || service.Id == Service);
}

/// <summary>
/// Tells which flow events are of a dependency's connections. Its ends' names tell of most; what the graph found out in other ways (a name that
/// DNS gave to an address, a handshake through NAT) is told by the reports that the edge is made of.
/// </summary>
internal sealed class EdgeFlows(GraphEdge edge)
{
    private volatile FrozenSet<(string Host, ReportKey Key, string? Peer)> _reports = [];

    public string Id => edge.Id;

    /// <summary>What the edge is made of now. Any thread.</summary>
    public void Learn(ImmutableArray<EdgeReport> reports) =>
        _reports = reports.Select(report => (report.Host, report.Key, report.Peer)).ToFrozenSet();

    public bool Contains(ResolvedFlow flow) => HasEnds(flow) || IsReported(flow);

    private bool HasEnds(ResolvedFlow flow) =>
        flow.Client?.Id == edge.Source && flow.Server?.Id == edge.Target && flow.ServerPort == edge.Port
        && flow.Key.Transport.Text() == edge.Transport;

    /// <summary>A server's report is of all clients at an address: one that is known by name speaks for itself.</summary>
    private bool IsReported(ResolvedFlow flow) => flow.Event.Role == Role.Client
        ? _reports.Contains((flow.HostId, flow.Key, null))
        : !flow.IsClientKnown && _reports.Contains((flow.HostId, flow.Key, flow.Key.Transport == Graph.Transport.Unix ? null : flow.Remote.ToString()));
}
