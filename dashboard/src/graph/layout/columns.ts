import type { Walk } from "./cycles";
import { at, bySize, type IndexedGraph } from "./indexed";

/** The columns of all groups, one group after the other, each from left to right. */
export interface Columns {
  /** Columns of group g: start[g] to start[g + 1] - 1. */
  start: Int32Array;
  /** Nodes of each column, in a first order from top to bottom. */
  nodes: number[][];
  /** Nodes of each group without any edge: they stand in a block below the columns. */
  isolates: number[][];
}

/** Lane by lane, inside a lane rank by rank; tall ranks are split, and where there are too many ranks they share columns. */
export function columnsOf(graph: IndexedGraph, walk: Walk, ranks: Int32Array): Columns {
  const groups = graph.groupIds.length;
  const byGroup: number[][] = Array.from({ length: groups }, () => []);
  const isolates: number[][] = Array.from({ length: groups }, () => []);
  for (const node of walk.visited) if (hasEdges(graph, node)) byGroup[at(graph.group, node)]?.push(node);
  for (let node = 0; node < graph.ids.length; node++) {
    if (!hasEdges(graph, node)) isolates[at(graph.group, node)]?.push(node);
  }
  for (const block of isolates) block.sort((a, b) => at(graph.lane, a) - at(graph.lane, b) || a - b);

  const tight = bySize(graph).tightBoxes;
  const start = new Int32Array(groups + 1);
  const nodes: number[][] = [];
  for (let g = 0; g < groups; g++) {
    for (const column of packed(ranksOf(byGroup[g] as number[], graph.lane, ranks), tight)) nodes.push(column);
    start[g + 1] = nodes.length;
  }
  return { start, nodes, isolates };
}

function hasEdges({ outStart, inStart }: IndexedGraph, node: number): boolean {
  return outStart[node] !== outStart[node + 1] || inStart[node] !== inStart[node + 1];
}

interface Rank {
  lane: number;
  nodes: number[];
}

function ranksOf(nodes: readonly number[], lane: Int32Array, ranks: Int32Array): Rank[] {
  const byKey = new Map<number, Rank>();
  for (const node of nodes) {
    const key = at(lane, node) * 1e6 + at(ranks, node);
    const rank = byKey.get(key);
    if (rank) rank.nodes.push(node);
    else byKey.set(key, { lane: at(lane, node), nodes: [node] });
  }
  return [...byKey].sort(([a], [b]) => a - b).map(([, rank]) => rank);
}

/** Columns of a sensible number and height: boxes are about as wide as a screen. */
function packed(ranks: readonly Rank[], tight: boolean): number[][] {
  const count = ranks.reduce((sum, rank) => sum + rank.nodes.length, 0);
  const mostRows = Math.max(6, Math.ceil(1.2 * Math.sqrt(count)));
  const mostColumns = tight ? Math.round(1.1 * Math.sqrt(count)) : Math.ceil(1.35 * Math.sqrt(count)) + 1;
  // Ranks share a column only while it stays low, and never with those of another lane.
  const sharedRows = ranks.length > mostColumns ? Math.ceil(count / mostColumns) : 0;
  const columns: number[][] = [];
  let lane = -1;
  for (const rank of ranks) {
    const last = columns.at(-1);
    if (last && lane === rank.lane && last.length + rank.nodes.length <= sharedRows) last.push(...rank.nodes);
    else {
      const parts = Math.ceil(rank.nodes.length / mostRows);
      const rows = Math.ceil(rank.nodes.length / parts);
      for (let i = 0; i < rank.nodes.length; i += rows) columns.push(rank.nodes.slice(i, i + rows));
    }
    lane = rank.lane;
  }
  return columns;
}
