import type { GraphEdge, GraphNode } from "../api/types";
import type { Filter } from "./filter/ast";
import { evaluate } from "./filter/evaluate";
import { type EdgeSign, edgeHealth, type Health, nodeHealth } from "./health";
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
  /** All of them, also those that the filter hides. */
  callers: EdgePicture[];
  callees: EdgePicture[];
  /** Connections a second it takes, or makes when nobody calls it; null until known. */
  rate: number | null;
  /** What the filter asked for; false for what is shown around it. */
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
  /** In all, whatever the filter shows. */
  failingEdges: number;
  /** Names in the filter that no service has. */
  notFound: readonly string[];
}

/** The whole graph, before any filter. */
export function wholePictureOf(model: GraphModel, book: RateBook): Picture {
  const nodes = new Map<string, NodePicture>();
  for (const node of model.nodes.values()) {
    nodes.set(node.id, { node, health: node.state, callers: [], callees: [], rate: null, matches: true });
  }
  const edges = new Map<string, EdgePicture>();
  let failingEdges = 0;
  for (const edge of model.edges.values()) {
    const source = nodes.get(edge.source);
    const target = nodes.get(edge.target);
    // An edge may be told a message before its ends.
    if (!source || !target) continue;
    const health = edgeHealth(edge, lastFailedMs(edge, book), model.timeMs);
    const rates = book.rates(edge.id, model.timeMs);
    const picture = { edge, health, rates, source: source.node, target: target.node };
    if (health === "failing") failingEdges++;
    edges.set(edge.id, picture);
    source.callees.push(picture);
    target.callers.push(picture);
  }
  for (const node of nodes.values()) finish(node);
  return { nodes, edges, matching: nodes.size, total: nodes.size, failingEdges, notFound: [] };
}

/** What a filter shows of it. What matches is the whole's own; what stands around it is a copy that says so. */
export function filtered(whole: Picture, filter: Filter): Picture {
  if (!filter.expression) return whole;
  const { matching, nodes: shown, edges: lines, notFound } = evaluate(filter, whole);
  const nodes = new Map<string, NodePicture>();
  // In the whole's order, so that nothing depends on how the filter was walked.
  for (const [id, node] of whole.nodes) {
    if (shown.has(id)) nodes.set(id, matching.has(id) ? node : { ...node, matches: false });
  }
  const edges = new Map<string, EdgePicture>();
  for (const [id, edge] of whole.edges) if (lines.has(id)) edges.set(id, edge);
  return { ...whole, nodes, edges, matching: matching.size, notFound };
}

export function pictureOf(model: GraphModel, book: RateBook, filter: Filter): Picture {
  return filtered(wholePictureOf(model, book), filter);
}

/** As the operator tells it, so that it is known when the page opens; else when the counter was last seen to grow. */
function lastFailedMs(edge: GraphEdge, book: RateBook): number | null {
  return edge.lastFailure ? Date.parse(edge.lastFailure.at) : book.lastFailedMs(edge.id);
}

function finish(node: NodePicture): void {
  node.health = nodeHealth(node.node.state, node.callers.map(signOf), node.callees.map(signOf));
  node.rate = rateOf(node.callers.length > 0 ? node.callers : node.callees);
  node.callers.sort(byWeight);
  node.callees.sort(byWeight);
}

function signOf({ health, rates, edge }: EdgePicture): EdgeSign {
  return { health, openedPerSecond: rates?.openedPerSecond ?? 0, active: edge.connectionsActive };
}

function rateOf(edges: readonly EdgePicture[]): number | null {
  let sum: number | null = null;
  for (const { rates } of edges) if (rates) sum = (sum ?? 0) + rates.openedPerSecond;
  return sum;
}

function byWeight(a: EdgePicture, b: EdgePicture): number {
  return b.edge.strength - a.edge.strength || (a.edge.id < b.edge.id ? -1 : 1);
}
