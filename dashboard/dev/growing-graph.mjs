// Graphs whose counters grow, as the operator tells them: a snapshot at a second, and between two seconds only what changed.

import { iso, snapshotOf } from "./snapshot.mjs";

/** @typedef {import("../src/api/types").GraphSnapshot} Snapshot */
/** @typedef {import("../src/api/types").GraphChanges} Changes */
/** @typedef {{ at(seconds: number): Snapshot, between(from: number, to: number): Changes }} Growing */

/**
 * Any graph that is a function of the seconds, compared element by element. For small ones.
 * @param {(seconds: number) => any} graph
 * @returns {Growing}
 */
export function growing(graph) {
  return {
    at: graph,
    between(from, to) {
      const [before, after] = [graph(from), graph(to)];
      const [nodes, edges] = [difference(before.nodes, after.nodes), difference(before.edges, after.edges)];
      return {
        ...after,
        fromVersion: before.version,
        nodes: nodes.changed,
        edges: edges.changed,
        removedNodes: nodes.removed,
        removedEdges: edges.removed,
      };
    },
  };
}

/**
 * A generated graph. A busy edge changes every second, a slow one every few, an idle one never; so do the services they call.
 * @param {any} base of generateGraph
 * @returns {Growing}
 */
export function growingFleet(base) {
  const periods = base.edges.map(periodOf);
  const told = (seconds, edges) => {
    const { nodes: _, edges: __, ...rest } = snapshotOf(seconds, [], edges, { agents: base.stats.agents.length });
    return { ...rest, totals: { ...rest.totals, nodes: base.nodes.length, edges: base.edges.length } };
  };
  const grown = (seconds) => base.edges.map((edge, i) => grownEdge(edge, lastChange(periods[i], i, seconds)));
  return {
    at: (seconds) => ({ ...told(seconds, grown(seconds)), nodes: base.nodes, edges: grown(seconds) }),
    between(from, to) {
      const all = grown(to);
      const edges = all.filter((_, i) => lastChange(periods[i], i, to) > lastChange(periods[i], i, from));
      return { ...told(to, all), fromVersion: from + 1, nodes: [], edges, removedNodes: [], removedEdges: [] };
    },
  };
}

const opensPerSecond = (edge) => (edge.connectionsOpened - edge.connectionsActive) / 600;

function periodOf(edge) {
  if (edge.state !== "active") return Number.POSITIVE_INFINITY;
  return Math.min(20, Math.max(1, Math.round(1 / Math.max(0.05, opensPerSecond(edge)))));
}

/** The last second, up to the one given, at which the edge's counters changed. */
function lastChange(period, i, seconds) {
  if (period === Number.POSITIVE_INFINITY) return 0;
  return Math.max(0, seconds - ((seconds + i) % period));
}

function grownEdge(edge, seconds) {
  if (seconds === 0) return edge;
  const opened = Math.round(opensPerSecond(edge) * seconds);
  const failed = edge.connectionsFailed > 0 ? seconds * 2 : 0;
  const refused = edge.failures.refused + failed;
  return {
    ...edge,
    connectionsOpened: edge.connectionsOpened + opened,
    connectionsClosed: edge.connectionsClosed + opened,
    connectionsFailed: edge.connectionsFailed + failed,
    failures: { ...edge.failures, refused },
    lastFailure: failed > 0 ? { reason: "refused", at: iso(seconds) } : null,
    bytesSent: edge.bytesSent + opened * 420,
    bytesReceived: edge.bytesReceived + opened * 5300,
    lastSeen: iso(seconds),
  };
}

function difference(before, after) {
  const text = new Map(before.map((one) => [one.id, JSON.stringify(one)]));
  const ids = new Set(after.map((one) => one.id));
  return {
    changed: after.filter((one) => text.get(one.id) !== JSON.stringify(one)),
    removed: before.map((one) => one.id).filter((id) => !ids.has(id)),
  };
}
