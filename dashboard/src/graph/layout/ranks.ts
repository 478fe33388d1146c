import type { Walk } from "./cycles";
import type { IndexedGraph } from "./indexed";

/** A node's rank: the longest way to it over forward edges between nodes of its own group and lane. */
export function rankNodes(graph: IndexedGraph, walk: Walk): Int32Array {
  const { ids, target, outStart, outEdges } = graph;
  const forward = forwardEdges(graph, walk);
  const waiting = new Int32Array(ids.length);
  for (let e = 0; e < target.length; e++) {
    const to = target[e] as number;
    if (forward[e]) waiting[to] = (waiting[to] as number) + 1;
  }
  const called = Uint8Array.from(waiting, (count) => (count > 0 ? 1 : 0));
  const ranks = new Int32Array(ids.length);
  const ready = new Int32Array(ids.length);
  let count = 0;
  for (const node of walk.visited) if (waiting[node] === 0) ready[count++] = node;
  for (let i = 0; i < count; i++) {
    const node = ready[i] as number;
    for (let k = outStart[node] as number; k < (outStart[node + 1] as number); k++) {
      const edge = outEdges[k] as number;
      if (!forward[edge]) continue;
      const to = target[edge] as number;
      ranks[to] = Math.max(ranks[to] as number, (ranks[node] as number) + 1);
      waiting[to] = (waiting[to] as number) - 1;
      if (waiting[to] === 0) ready[count++] = to;
    }
  }
  pullTowardsCallees(graph, forward, called, ranks);
  return ranks;
}

function forwardEdges({ group, lane, source, target }: IndexedGraph, { back }: Walk): Uint8Array {
  const forward = new Uint8Array(source.length);
  for (let e = 0; e < source.length; e++) {
    const [from, to] = [source[e] as number, target[e] as number];
    if (!back[e] && group[from] === group[to] && lane[from] === lane[to]) forward[e] = 1;
  }
  return forward;
}

/** Whom nobody calls stands right before the first it calls: short edges instead of a crowded first column. */
function pullTowardsCallees(graph: IndexedGraph, forward: Uint8Array, called: Uint8Array, ranks: Int32Array): void {
  const { ids, target, outStart, outEdges } = graph;
  for (let node = 0; node < ids.length; node++) {
    if (called[node]) continue;
    let first = Infinity;
    for (let k = outStart[node] as number; k < (outStart[node + 1] as number); k++) {
      const edge = outEdges[k] as number;
      if (forward[edge]) first = Math.min(first, ranks[target[edge] as number] as number);
    }
    if (first < Infinity) ranks[node] = Math.max(0, first - 1);
  }
}
