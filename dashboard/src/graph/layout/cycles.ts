import { bucket, type IndexedGraph } from "./indexed";

export interface Walk {
  /** 1 for each edge that closes a circle inside a group: without these no group has any. */
  back: Uint8Array;
  /** Nodes depth-first inside their groups, callers before what they call: a good first order. */
  visited: Int32Array;
}

const open = 1;
const done = 2;

/** Depth-first search inside each group: an edge to a node that is still open closes a circle. Own stack: chains may be long. */
export function findBackEdges(graph: IndexedGraph): Walk {
  const { ids, group, target, outStart, outEdges } = graph;
  const back = new Uint8Array(target.length);
  const visited = new Int32Array(ids.length);
  const state = new Uint8Array(ids.length);
  const next = outStart.slice();
  const stack = new Int32Array(ids.length);
  let count = 0;
  for (const root of rootsFirst(graph)) {
    if (state[root] !== 0) continue;
    let depth = 0;
    stack[depth++] = root;
    state[root] = open;
    visited[count++] = root;
    while (depth > 0) {
      const node = stack[depth - 1] as number;
      const i = next[node] as number;
      if (i === (outStart[node + 1] as number)) {
        state[node] = done;
        depth--;
        continue;
      }
      next[node] = i + 1;
      const edge = outEdges[i] as number;
      const callee = target[edge] as number;
      if (group[callee] !== group[node]) continue;
      if (state[callee] === open) back[edge] = 1;
      else if (state[callee] === 0) {
        state[callee] = open;
        visited[count++] = callee;
        stack[depth++] = callee;
      }
    }
  }
  return { back, visited };
}

/** Nodes nobody of their group calls first, then by lane: so a circle is cut where the traffic enters it. */
function rootsFirst(graph: IndexedGraph): Int32Array {
  const { ids, group, lane, source, target } = graph;
  const called = new Uint8Array(ids.length);
  for (let e = 0; e < source.length; e++) {
    if (group[source[e] as number] === group[target[e] as number]) called[target[e] as number] = 1;
  }
  const keys = new Int32Array(ids.length);
  for (let node = 0; node < keys.length; node++) keys[node] = (called[node] as number) * 8 + (lane[node] as number);
  return bucket(keys, 16)[1];
}
