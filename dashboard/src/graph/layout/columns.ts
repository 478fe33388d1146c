import type { Walk } from "./cycles";
import { bySize, type IndexedGraph, sortedBy } from "./indexed";

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
  const isolates: number[][] = Array.from({ length: groups }, () => []);
  for (const node of sortedBy(graph.lane, walk.visited.slice().sort())) {
    if (!hasEdges(graph, node)) isolates[graph.group[node] as number]?.push(node);
  }

  const order = sortedBy(graph.group, sortedBy(graph.lane, sortedBy(ranks, walk.visited)));
  const tight = bySize(graph).tightBoxes;
  const start = new Int32Array(groups + 1);
  const nodes: number[][] = [];
  for (let g = 0; g < groups; g++) {
    const members = order.subarray(graph.memberStart[g] as number, graph.memberStart[g + 1] as number);
    for (const column of packed(ranksOf(graph, members, ranks), tight)) nodes.push(column);
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

/** The nodes with edges among the members of a group, which come by lane and rank. */
function ranksOf(graph: IndexedGraph, members: Int32Array, rankOf: Int32Array): Rank[] {
  const ranks: Rank[] = [];
  let last: Rank | null = null;
  let before = -1;
  for (const node of members) {
    if (!hasEdges(graph, node)) continue;
    if (!last || last.lane !== graph.lane[node] || rankOf[node] !== before) {
      last = { lane: graph.lane[node] as number, nodes: [] };
      ranks.push(last);
    }
    before = rankOf[node] as number;
    last.nodes.push(node);
  }
  return ranks;
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
