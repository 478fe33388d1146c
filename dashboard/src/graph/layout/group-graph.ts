import type { IndexedGraph } from "./indexed";

/** The graph of groups: how many edges lead from one to another. */
export interface GroupGraph {
  count: number;
  lane: Int32Array;
  /** Calls of each group: weight by group. */
  out: Map<number, number>[];
  in: Map<number, number>[];
  /** Both together: group g has to do with to[start[g]] to to[start[g + 1] - 1], and over how many edges. */
  start: Int32Array;
  to: Int32Array;
  weight: Int32Array;
}

export function groupGraphOf(graph: IndexedGraph): GroupGraph {
  const count = graph.groupIds.length;
  const out = Array.from({ length: count }, () => new Map<number, number>());
  const into = Array.from({ length: count }, () => new Map<number, number>());
  for (let e = 0; e < graph.source.length; e++) {
    const from = graph.group[graph.source[e] as number] as number;
    const to = graph.group[graph.target[e] as number] as number;
    if (from === to) continue;
    out[from]?.set(to, (out[from]?.get(to) ?? 0) + 1);
    into[to]?.set(from, (into[to]?.get(from) ?? 0) + 1);
  }
  const lane = Int32Array.from(graph.groupIds, (_, g) =>
    laneOfGroup(graph.members.subarray(graph.memberStart[g] as number, graph.memberStart[g + 1] as number), graph.lane),
  );
  return { count, lane, out, in: into, ...bothWays(out, into) };
}

function bothWays(out: readonly Map<number, number>[], into: readonly Map<number, number>[]) {
  const start = new Int32Array(out.length + 1);
  const to: number[] = [];
  const weights: number[] = [];
  const add = (weight: number, other: number) => {
    to.push(other);
    weights.push(weight);
  };
  for (let g = 0; g < out.length; g++) {
    out[g]?.forEach(add);
    into[g]?.forEach(add);
    start[g + 1] = to.length;
  }
  return { start, to: new Int32Array(to), weight: new Int32Array(weights) };
}

/** The sum of the heights of the groups that one has to do with, each as often as there are edges, and how many those are. */
export function pullOf({ start, to, weight }: GroupGraph, g: number, heights: Float64Array) {
  let sum = 0;
  let total = 0;
  const end = start[g + 1] as number;
  for (let k = start[g] as number; k < end; k++) {
    const other = to[k] as number;
    sum += (weight[k] as number) * (heights[other] as number);
    total += weight[k] as number;
  }
  return { sum, weight: total };
}

/** Stores stand with stores and outsiders outside only where nothing else is with them; entries lead where they are most. */
export function laneOfGroup(members: Int32Array, lane: ArrayLike<number>): number {
  let [entries, services, stores, outside] = [0, 0, 0, 0];
  for (const node of members) {
    if (lane[node] === 0) entries++;
    else if (lane[node] === 2) stores++;
    else if (lane[node] === 3) outside++;
    else services++;
  }
  if (entries > members.length / 2) return 0;
  if (entries + services > 0) return 1;
  return stores >= outside ? 2 : 3;
}

/** Groups of one lane from left to right: callers before what they call as far as circles allow, and how deep each lies. */
export interface Flow {
  order: number[];
  rank: Int32Array;
}

export function flowOf(graph: GroupGraph, lane: number): Flow {
  const own = [...graph.lane.keys()].filter((g) => graph.lane[g] === lane);
  const sequence = callersFirst(graph, own);
  const place = new Int32Array(graph.count).fill(-1);
  for (const [i, g] of sequence.entries()) place[g] = i;
  const rank = new Int32Array(graph.count);
  let deepest = 0;
  for (const g of sequence) {
    for (const to of graph.out[g]?.keys() ?? []) {
      if ((place[to] as number) > (place[g] as number))
        rank[to] = Math.max(rank[to] as number, (rank[g] as number) + 1);
    }
    deepest = Math.max(deepest, rank[g] as number);
  }
  // Whom no other group calls stands left of the first it calls; who has to do with none stands last.
  for (const g of sequence) {
    if ((graph.in[g]?.size ?? 0) > 0) continue;
    const below = [...(graph.out[g]?.keys() ?? [])]
      .filter((to) => (place[to] as number) > (place[g] as number))
      .map((to) => rank[to] as number);
    if (below.length > 0) rank[g] = Math.max(0, Math.min(...below) - 1);
    else if (graph.out[g]?.size === 0) rank[g] = deepest + 1;
  }
  const order = [...sequence].sort(
    (a, b) => (rank[a] as number) - (rank[b] as number) || (place[a] as number) - (place[b] as number),
  );
  return { order, rank };
}

/**
 * A sequence in which few calls lead back, after Eades, Lin and Smyth: whoever calls nobody goes to the end, whoever is not
 * called to the front, and in a circle the one that calls most beyond what it is called.
 */
function callersFirst(graph: GroupGraph, own: readonly number[]): number[] {
  const rest = new Set(own);
  const weights = (links: Map<number, number> | undefined) => {
    let sum = 0;
    for (const [g, weight] of links ?? []) if (rest.has(g)) sum += weight;
    return sum;
  };
  const out = new Map(own.map((g) => [g, weights(graph.out[g])]));
  const into = new Map(own.map((g) => [g, weights(graph.in[g])]));
  const front: number[] = [];
  const back: number[] = [];
  const take = (g: number, list: number[]) => {
    rest.delete(g);
    list.push(g);
    for (const [to, weight] of graph.out[g] ?? []) into.set(to, (into.get(to) ?? 0) - weight);
    for (const [from, weight] of graph.in[g] ?? []) out.set(from, (out.get(from) ?? 0) - weight);
  };
  while (rest.size > 0) {
    let best = -1;
    let most = -Infinity;
    for (const g of rest) {
      if (out.get(g) === 0 && into.get(g) !== 0) take(g, back);
      else if (into.get(g) === 0) take(g, front);
      else {
        const surplus = (out.get(g) ?? 0) - (into.get(g) ?? 0);
        if (surplus > most) [best, most] = [g, surplus];
      }
    }
    if (rest.has(best) && out.get(best) !== 0 && into.get(best) !== 0) take(best, front);
  }
  return [...front, ...back.reverse()];
}
