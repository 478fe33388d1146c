import type { LayoutGraph } from "./geometry";

/**
 * The graph in numbers: nodes by id, groups by id, each pair of ends once, without self-calls. Everything after it walks these
 * sorted arrays, so that equal graphs give equal pictures whatever order they came in.
 */
export interface IndexedGraph {
  ids: string[];
  groupIds: string[];
  framed: Uint8Array;
  group: Int32Array;
  lane: Int32Array;
  width: Float64Array;
  height: Float64Array;
  source: Int32Array;
  target: Int32Array;
  /** Edges from node n: outEdges[outStart[n]] to outEdges[outStart[n + 1] - 1]. */
  outStart: Int32Array;
  outEdges: Int32Array;
  inStart: Int32Array;
  inEdges: Int32Array;
  /** Nodes of group g: members[memberStart[g]] to members[memberStart[g + 1] - 1]. */
  memberStart: Int32Array;
  members: Int32Array;
}

export function indexGraph(graph: LayoutGraph): IndexedGraph {
  const framedById = new Map(graph.groups.map((group) => [group.id, group.framed]));
  const count = graph.nodes.length;
  // Sorted as strings by the engine itself: a comparison of ours would take as long as all the rest.
  const ids = graph.nodes.map((node) => node.id).sort();
  const groupIds = [...new Set(graph.nodes.map((node) => node.group))].sort();
  const indexById = indexOf(ids);
  const groupIndex = indexOf(groupIds);
  const group = new Int32Array(count);
  const lane = new Int32Array(count);
  const width = new Float64Array(count);
  const height = new Float64Array(count);
  for (const node of graph.nodes) {
    const i = indexById.get(node.id) as number;
    group[i] = groupIndex.get(node.group) as number;
    lane[i] = node.lane;
    width[i] = node.width;
    height[i] = node.height;
  }

  const keys = new Float64Array(graph.edges.length);
  let pairs = 0;
  for (const edge of graph.edges) {
    const from = indexById.get(edge.source);
    const to = indexById.get(edge.target);
    if (from !== undefined && to !== undefined && from !== to) keys[pairs++] = from * count + to;
  }
  const sorted = keys.subarray(0, pairs).sort();
  const source = new Int32Array(pairs);
  const target = new Int32Array(pairs);
  let edges = 0;
  for (let i = 0; i < pairs; i++) {
    if (i > 0 && sorted[i] === sorted[i - 1]) continue;
    const key = sorted[i] as number;
    source[edges] = Math.floor(key / count);
    target[edges++] = key % count;
  }
  const sources = source.subarray(0, edges);
  const targets = target.subarray(0, edges);
  const [outStart, outEdges] = bucket(sources, count);
  const [inStart, inEdges] = bucket(targets, count);
  const [memberStart, members] = bucket(group, groupIds.length);
  return {
    ids,
    groupIds,
    framed: Uint8Array.from(groupIds, (id) => (framedById.get(id) === false ? 0 : 1)),
    ...{ group, lane, width, height, source: sources, target: targets },
    ...{ outStart, outEdges, inStart, inEdges, memberStart, members },
  };
}

function indexOf(ids: readonly string[]): Map<string, number> {
  const index = new Map<string, number>();
  for (let i = 0; i < ids.length; i++) index.set(ids[i] as string, i);
  return index;
}

/** How much is made of a map: much of small ones, which are read edge by edge, little of those of thousands. */
export function bySize({ ids }: Pick<IndexedGraph, "ids">) {
  const count = ids.length;
  return {
    /** Edges to other groups have places in the columns they pass. */
    passesBoxes: count <= 80,
    /** Neighbours are swapped one by one at the end. */
    swaps: count <= 25,
    /** Edges inside a group have. */
    passesColumns: count <= 600,
    /** Boxes are kept small, though more edges then run upright. */
    tightBoxes: count > 300,
    /** How often what is looked at again. */
    ...(count <= 150
      ? { ordering: 6, settling: 4, rounds: 5, resettling: 2 }
      : count <= 600
        ? { ordering: 4, settling: 2, rounds: 4, resettling: 2 }
        : { ordering: 2, settling: 1, rounds: 2, resettling: 1 }),
  };
}

/** Indices sorted into buckets by their key, in their order: where each bucket starts, and what is in it. */
export function bucket(keys: Int32Array, buckets: number): [Int32Array, Int32Array] {
  const start = new Int32Array(buckets + 1);
  for (const key of keys) start[key + 1] = (start[key + 1] as number) + 1;
  for (let b = 0; b < buckets; b++) start[b + 1] = (start[b + 1] as number) + (start[b] as number);
  const next = start.slice();
  const items = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as number;
    items[next[key] as number] = i;
    next[key] = (next[key] as number) + 1;
  }
  return [start, items];
}

/** The items by the key each has, the smallest first; those of one key keep their order. Keys are whole numbers, few and small. */
export function sortedBy(keys: Int32Array, items: Int32Array): Int32Array {
  let most = 0;
  const own = items.slice();
  for (let i = 0; i < own.length; i++) {
    own[i] = keys[items[i] as number] as number;
    most = Math.max(most, own[i] as number);
  }
  const [, order] = bucket(own, most + 1);
  for (let i = 0; i < order.length; i++) order[i] = items[order[i] as number] as number;
  return order;
}
