import { at, type IndexedGraph } from "./indexed";

/** The graph of groups: how many edges lead from one to another. */
export interface GroupGraph {
  count: number;
  lane: Int32Array;
  /** Calls of each group: weight by group. */
  out: Map<number, number>[];
  in: Map<number, number>[];
}

export function groupGraphOf(graph: IndexedGraph): GroupGraph {
  const count = graph.groupIds.length;
  const out = Array.from({ length: count }, () => new Map<number, number>());
  const into = Array.from({ length: count }, () => new Map<number, number>());
  for (let e = 0; e < graph.source.length; e++) {
    const from = at(graph.group, at(graph.source, e));
    const to = at(graph.group, at(graph.target, e));
    if (from === to) continue;
    out[from]?.set(to, (out[from]?.get(to) ?? 0) + 1);
    into[to]?.set(from, (into[to]?.get(from) ?? 0) + 1);
  }
  const lane = Int32Array.from(graph.groupIds, (_, g) =>
    laneOfGroup(graph.members.subarray(at(graph.memberStart, g), at(graph.memberStart, g + 1)), graph.lane),
  );
  return { count, lane, out, in: into };
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
      if (at(place, to) > at(place, g)) rank[to] = Math.max(at(rank, to), at(rank, g) + 1);
    }
    deepest = Math.max(deepest, at(rank, g));
  }
  // Whom no other group calls stands left of the first it calls; who has to do with none stands last.
  for (const g of sequence) {
    if ((graph.in[g]?.size ?? 0) > 0) continue;
    const below = [...(graph.out[g]?.keys() ?? [])]
      .filter((to) => at(place, to) > at(place, g))
      .map((to) => at(rank, to));
    if (below.length > 0) rank[g] = Math.max(0, Math.min(...below) - 1);
    else if (graph.out[g]?.size === 0) rank[g] = deepest + 1;
  }
  const order = [...sequence].sort((a, b) => at(rank, a) - at(rank, b) || at(place, a) - at(place, b));
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
