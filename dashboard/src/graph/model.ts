import type { GraphChanges, GraphEdge, GraphNode, GraphSnapshot, GraphTotals, OperatorStats } from "../api/types";

/** The graph as the operator last told it. Immutable: a message makes a new one. */
export interface GraphModel {
  readonly version: number;
  /** Operator's clock, ms since 1970. */
  readonly timeMs: number;
  readonly nodes: ReadonlyMap<string, GraphNode>;
  readonly edges: ReadonlyMap<string, GraphEdge>;
  readonly totals: GraphTotals;
  readonly stats: OperatorStats;
  /** Another number whenever a node or edge came, left or changed its place: the layout looks at nothing else. */
  readonly topology: number;
}

let topologies = 0;

/** The model of a whole graph. Throws when the answer is not one, naming the field. */
export function fromSnapshot(snapshot: GraphSnapshot): GraphModel {
  requireShape(snapshot);
  const nodes = new Map(snapshot.nodes.map((node) => [node.id, node]));
  return {
    version: snapshot.version,
    timeMs: Date.parse(snapshot.time),
    nodes,
    edges: new Map(snapshot.edges.map((edge) => [edge.id, edge])),
    totals: snapshot.totals,
    stats: wholeStats(snapshot.stats),
    topology: ++topologies,
  };
}

/** The model after the changes; null when something between was missed and a snapshot is needed. */
export function withChanges(model: GraphModel, changes: GraphChanges): GraphModel | null {
  requireShape(changes);
  // Whole nodes and edges are sent, so changes from an older version bring the same end.
  if (changes.fromVersion > model.version) return null;
  if (changes.version < model.version) return model;
  const nodes = new Map(model.nodes);
  const edges = new Map(model.edges);
  let moved = false;
  for (const id of changes.removedEdges) moved = edges.delete(id) || moved;
  for (const id of changes.removedNodes) moved = nodes.delete(id) || moved;
  for (const node of changes.nodes) {
    moved ||= nodes.get(node.id)?.tier !== node.tier;
    nodes.set(node.id, node);
  }
  for (const edge of changes.edges) {
    moved ||= !edges.has(edge.id);
    edges.set(edge.id, edge);
  }
  return {
    version: changes.version,
    timeMs: Date.parse(changes.time),
    nodes,
    edges,
    totals: changes.totals,
    stats: changes.stats ? wholeStats(changes.stats) : model.stats,
    topology: moved ? ++topologies : model.topology,
  };
}

/** A heartbeat: nothing changed, but time went on, so rates fall. */
export function withTime(model: GraphModel, time: string): GraphModel {
  return { ...model, timeMs: Math.max(model.timeMs, Date.parse(time)) };
}

/** What another version of the operator does not tell is nothing, not a broken page. */
function wholeStats(stats: Partial<OperatorStats> | null | undefined): OperatorStats {
  const agents = (stats?.agents ?? []).map((agent) => ({
    ...agent,
    capabilities: agent.capabilities ?? [],
    wire: agent.wire ?? [],
  }));
  return { ...noStats, ...stats, agents };
}

const noStats: OperatorStats = {
  version: "unknown",
  startedAt: "",
  agents: [],
  lostFlowEvents: 0,
  suppressedFlowEvents: 0,
  counterOverflows: 0,
  unattributedConnections: 0,
  limits: [],
};

function requireShape(message: GraphSnapshot | GraphChanges): void {
  for (const field of ["nodes", "edges"] as const) {
    if (!Array.isArray(message?.[field])) throw new Error(`the operator's answer has no list "${field}"`);
  }
  if (Number.isNaN(Date.parse(message.time))) throw new Error('the operator\'s answer has no valid "time"');
}

/** A sum of what may be one number or one for each map. */
export function sumOf(count: number | Record<string, number> | null | undefined): number {
  if (count === null || count === undefined) return 0;
  return typeof count === "number" ? count : Object.values(count).reduce((sum, n) => sum + n, 0);
}
