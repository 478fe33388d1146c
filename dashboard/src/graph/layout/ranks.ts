import { edgeKey, type Walk } from "./cycles";
import type { Neighbours } from "./neighbours";

/** A column of the map before it has coordinates. */
export interface RankColumn {
  lane: number;
  ids: string[];
}

/** Columns from left to right: lane by lane, inside a lane by the longest path, long columns split. */
export function rankColumns(graph: Neighbours, laneById: ReadonlyMap<string, number>, walk: Walk): RankColumn[] {
  const ranks = longestPaths(graph, laneById, walk);
  // Wide screens: about three columns to two rows before a column is split.
  const maxRows = Math.max(6, Math.ceil(1.5 * Math.sqrt(graph.ids.length)));
  const columns: RankColumn[] = [];
  const groups = new Map<string, { lane: number; rank: number; ids: string[] }>();
  for (const id of walk.visited) {
    const lane = laneById.get(id) ?? 0;
    const rank = ranks.get(id) ?? 0;
    const group = groups.get(`${lane}/${rank}`) ?? { lane, rank, ids: [] };
    group.ids.push(id);
    groups.set(`${lane}/${rank}`, group);
  }
  for (const group of [...groups.values()].sort((a, b) => a.lane - b.lane || a.rank - b.rank)) {
    const parts = Math.ceil(group.ids.length / maxRows);
    const rows = Math.ceil(group.ids.length / parts);
    for (let start = 0; start < group.ids.length; start += rows) {
      columns.push({ lane: group.lane, ids: group.ids.slice(start, start + rows) });
    }
  }
  return columns;
}

/** A node's rank: the longest way to it over forward edges inside its own lane. */
function longestPaths(graph: Neighbours, laneById: ReadonlyMap<string, number>, walk: Walk): Map<string, number> {
  const forward = (source: string, target: string) =>
    laneById.get(source) === laneById.get(target) && !walk.backEdges.has(edgeKey(source, target));
  const waiting = new Map<string, number>();
  for (const id of graph.ids) waiting.set(id, callersOf(graph, id).filter((caller) => forward(caller, id)).length);
  const ranks = new Map<string, number>();
  const ready = graph.ids.filter((id) => waiting.get(id) === 0);
  for (const id of ready) ranks.set(id, 0);
  for (let i = 0; i < ready.length; i++) {
    const source = ready[i] as string;
    for (const target of graph.callees.get(source) ?? []) {
      if (!forward(source, target)) continue;
      ranks.set(target, Math.max(ranks.get(target) ?? 0, (ranks.get(source) ?? 0) + 1));
      const left = (waiting.get(target) ?? 0) - 1;
      waiting.set(target, left);
      if (left === 0) ready.push(target);
    }
  }
  pullTowardsCallees(graph, ranks, forward);
  return ranks;
}

/** Whom nobody calls stands right before the first it calls: short edges instead of a crowded first column. */
function pullTowardsCallees(graph: Neighbours, ranks: Map<string, number>, forward: (a: string, b: string) => boolean) {
  for (const id of graph.ids) {
    if (callersOf(graph, id).length > 0) continue;
    const callees = (graph.callees.get(id) ?? []).filter((target) => forward(id, target));
    if (callees.length === 0) continue;
    ranks.set(id, Math.max(0, Math.min(...callees.map((target) => ranks.get(target) ?? 0)) - 1));
  }
}

function callersOf(graph: Neighbours, id: string): string[] {
  return graph.callers.get(id) ?? [];
}
