import type { GraphEdge, GraphNode } from "../api/types";
import { type Filter, isEmpty, nameMatches } from "./filter";
import { edgeHealth, type Health, nodeHealth } from "./health";
import type { GraphModel } from "./model";
import type { RateBook, Rates } from "./rates";

/** An edge with what is derived from its counters. */
export interface EdgePicture {
  edge: GraphEdge;
  health: Health;
  /** Null until known. */
  rates: Rates | null;
  source: GraphNode;
  target: GraphNode;
}

/** A node with its edges and what is derived from them. */
export interface NodePicture {
  node: GraphNode;
  health: Health;
  callers: EdgePicture[];
  callees: EdgePicture[];
  /** Connections a second it takes, or makes when nobody calls it; null until known. */
  rate: number | null;
  /** What the filter asked for; false for the neighbours shown around it. */
  matches: boolean;
}

/** Everything both the map and the table show, after the filter. */
export interface Picture {
  nodes: ReadonlyMap<string, NodePicture>;
  edges: ReadonlyMap<string, EdgePicture>;
  /** Nodes that match the filter. */
  matching: number;
  /** Nodes in all. */
  total: number;
  failingEdges: number;
}

export function pictureOf(model: GraphModel, book: RateBook, filter: Filter): Picture {
  const all = assemble(model, book);
  const edges = [...all.edges.values()];
  const failingEdges = edges.filter((edge) => edge.health === "failing").length;
  const total = all.nodes.size;
  if (isEmpty(filter)) return { ...all, matching: total, total, failingEdges };

  for (const node of all.nodes.values()) node.matches = matches(filter, node);
  const shown = edges.filter((edge) => edgeShown(filter, edge, all.nodes));
  const kept = new Set(shown.flatMap((edge) => [edge.edge.source, edge.edge.target]));
  const nodes = new Map([...all.nodes].filter(([id, node]) => node.matches || kept.has(id)));
  const matching = [...nodes.values()].filter((node) => node.matches).length;
  return { nodes, edges: new Map(shown.map((edge) => [edge.edge.id, edge])), matching, total, failingEdges };
}

function matches(filter: Filter, node: NodePicture): boolean {
  const failing = [...node.callers, ...node.callees].some((edge) => edge.health === "failing");
  return nameMatches(filter, node.node.name) && (!filter.failingOnly || failing);
}

/** A match is shown with its direct neighbours, since a service without any says nothing about dependencies. */
function edgeShown(filter: Filter, edge: EdgePicture, nodes: ReadonlyMap<string, NodePicture>): boolean {
  if (filter.failingOnly && edge.health !== "failing") return false;
  return Boolean(nodes.get(edge.edge.source)?.matches || nodes.get(edge.edge.target)?.matches);
}

function assemble(model: GraphModel, book: RateBook) {
  const nodes = new Map<string, NodePicture>();
  for (const node of model.nodes.values()) {
    nodes.set(node.id, { node, health: node.state, callers: [], callees: [], rate: null, matches: true });
  }
  const edges = new Map<string, EdgePicture>();
  for (const edge of model.edges.values()) {
    const source = nodes.get(edge.source);
    const target = nodes.get(edge.target);
    // An edge may be told a message before its ends.
    if (!source || !target) continue;
    const health = edgeHealth(edge, lastFailedMs(edge, book), model.timeMs);
    const picture = {
      edge,
      health,
      rates: book.rates(edge.id, model.timeMs),
      source: source.node,
      target: target.node,
    };
    edges.set(edge.id, picture);
    source.callees.push(picture);
    target.callers.push(picture);
  }
  for (const node of nodes.values()) finish(node);
  return { nodes, edges };
}

/** As the operator tells it, so that it is known when the page opens; else when the counter was last seen to grow. */
function lastFailedMs(edge: GraphEdge, book: RateBook): number | null {
  return edge.lastFailure ? Date.parse(edge.lastFailure.at) : book.lastFailedMs(edge.id);
}

function finish(node: NodePicture): void {
  const sign = (edge: EdgePicture) => ({
    health: edge.health,
    openedPerSecond: edge.rates?.openedPerSecond ?? 0,
    active: edge.edge.connectionsActive,
  });
  node.health = nodeHealth(node.node.state, node.callers.map(sign), node.callees.map(sign));
  const counted = node.callers.length > 0 ? node.callers : node.callees;
  const known = counted.map((edge) => edge.rates?.openedPerSecond).filter((rate) => rate !== undefined);
  node.rate = known.length > 0 ? known.reduce((sum, rate) => sum + rate, 0) : null;
  const byWeight = (a: EdgePicture, b: EdgePicture) =>
    b.edge.strength - a.edge.strength || a.edge.id.localeCompare(b.edge.id);
  node.callers.sort(byWeight);
  node.callees.sort(byWeight);
}
