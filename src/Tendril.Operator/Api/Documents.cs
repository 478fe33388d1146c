using System.Collections.Immutable;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Tendril.Graph;
using Tendril.Operator.Ingest;

namespace Tendril.Operator.Api;

/// <summary>The graph as REST answers it.</summary>
/// <param name="Version">Grows with each change.</param>
/// <param name="Time">When it was so: now, however long ago it changed.</param>
internal sealed record GraphDocument(
    long Version, DateTimeOffset Time, ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphEdge> Edges, GraphTotals Totals, OperatorStats Stats);

/// <summary>The three parts of a <see cref="GraphDocument"/> that <see cref="GraphJsonCache"/> joins.</summary>
internal sealed record GraphHead(long Version, DateTimeOffset Time);

/// <inheritdoc cref="GraphHead"/>
internal sealed record GraphContents(ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphEdge> Edges, GraphTotals Totals);

/// <inheritdoc cref="GraphHead"/>
internal sealed record GraphStats(OperatorStats Stats);

/// <summary>What brings a graph of version FromVersion to Version.</summary>
internal sealed record GraphChangesDocument(
    long FromVersion, long Version, DateTimeOffset Time, ImmutableArray<GraphNode> Nodes, ImmutableArray<GraphEdge> Edges,
    ImmutableArray<string> RemovedNodes, ImmutableArray<string> RemovedEdges, GraphTotals Totals, OperatorStats Stats);

/// <summary>The operator and its agents. Losses are the sums of the agents' and the operator's own.</summary>
internal sealed record OperatorStats(
    string Version, DateTimeOffset StartedAt, ImmutableArray<AgentStatus> Agents, long LostFlowEvents, long SuppressedFlowEvents,
    long CounterOverflows, long UnattributedConnections, ImmutableArray<LimitStatus> Limits);

/// <summary>A limit that a user can set.</summary>
/// <param name="Flag">Of the operator's command line, "--max-edges".</param>
/// <param name="Limit">As it is set.</param>
/// <param name="Used">Now. Of --max-processes, which is for each agent: by the agent that uses most.</param>
/// <param name="Folded">What was beyond it and is shown as part of a visible "other" node, since the operator's start.</param>
/// <param name="Refused">What was beyond it and was not taken, each time it was offered.</param>
internal sealed record LimitStatus(string Flag, long Limit, long Used, long Folded, long Refused);

/// <summary>Cumulative numbers.</summary>
internal sealed record MetricsDocument(
    DateTimeOffset Time, long Version, GraphTotals Totals, int AgentsKnown, int AgentsConnected, long ReportsReceived, long DependencyUpdates,
    IReadOnlyDictionary<string, long> Rejected, long LostFlowEvents, long SuppressedFlowEvents, long CounterOverflows, long UnattributedConnections);

/// <summary>What depends on a service and what it depends on, transitively, as node ids.</summary>
internal sealed record ImpactDocument(
    string Id, ImmutableArray<string> Dependents, ImmutableArray<string> Dependencies, ImmutableArray<ImmutableArray<string>> Cycles);

/// <summary>An edge and why it is there: who reported it, how its ends were found and named, and its newest connections.</summary>
internal sealed record EdgeDocument(
    GraphEdge Edge, EdgeEnd Source, EdgeEnd Target, ImmutableArray<EdgeReport> Reports, int ReportsLeftOut, ImmutableArray<ConnectionSample> Samples);

/// <summary>The edges between two services.</summary>
internal sealed record EdgesDocument(ImmutableArray<EdgeDocument> Edges);

/// <summary>Which part of the graph to write, and how.</summary>
/// <param name="Format">As that of the whole graph.</param>
/// <param name="Nodes">Ids.</param>
/// <param name="Edges">Ids; an edge brings its ends along.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ExportRequest(
    [property: AllowedValues("json", "dot", "mermaid", "csv")] string Format, ImmutableArray<string> Nodes, ImmutableArray<string> Edges);

/// <summary>Answers while the operator can.</summary>
internal sealed record HealthDocument(string Service, string Status);

/// <summary>Sent on the live stream while nothing changes.</summary>
internal sealed record HeartbeatDocument(DateTimeOffset Time, long Version);
