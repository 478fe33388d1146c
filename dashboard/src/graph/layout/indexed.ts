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
  const nodes = [...graph.nodes].sort((a, b) => (a.id < b.id ? -1 : 1));
  const count = nodes.length;
  const groupIds = [...new Set(nodes.map((node) => node.group))].sort();
  const groupIndex = new Map(groupIds.map((id, i) => [id, i]));
  const indexById = new Map<string, number>();
  const group = new Int32Array(count);
  const lane = new Int32Array(count);
  const width = new Float64Array(count);
  const height = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const node = nodes[i] as (typeof nodes)[number];
    indexById.set(node.id, i);
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
    ids: nodes.map((node) => node.id),
    groupIds,
    framed: Uint8Array.from(groupIds, (id) => (framedById.get(id) === false ? 0 : 1)),
    ...{ group, lane, width, height, source: sources, target: targets },
    ...{ outStart, outEdges, inStart, inEdges, memberStart, members },
  };
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
      ? { ordering: 10, settling: 8, rounds: 5, resettling: 3 }
      : count <= 600
        ? { ordering: 8, settling: 6, rounds: 4, resettling: 3 }
        : { ordering: 4, settling: 3, rounds: 2, resettling: 2 }),
  };
}

/** The number at an index that is known to be inside the array. */
export function at(array: ArrayLike<number>, index: number): number {
  return array[index] as number;
}

/** Indices sorted into buckets by their key, in their order: where each bucket starts, and what is in it. */
export function bucket(keys: Int32Array, buckets: number): [Int32Array, Int32Array] {
  const start = new Int32Array(buckets + 1);
  for (const key of keys) start[key + 1] = at(start, key + 1) + 1;
  for (let b = 0; b < buckets; b++) start[b + 1] = at(start, b + 1) + at(start, b);
  const next = start.slice();
  const items = new Int32Array(keys.length);
  for (let i = 0; i < keys.length; i++) {
    const key = at(keys, i);
    items[at(next, key)] = i;
    next[key] = at(next, key) + 1;
  }
  return [start, items];
}
