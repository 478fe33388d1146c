import type { EdgePicture, NodePicture } from "./picture";

// Ways through the graph, along the arrows or against them.

export type Nodes = ReadonlyMap<string, NodePicture>;
export type Direction = "callers" | "callees";

export interface Part {
  nodes: Set<string>;
  edges: Set<string>;
}

/** Everything within so many hops in one direction, with the edges walked. `open` tells where the walk may go. */
export function reach(
  nodes: Nodes,
  from: Iterable<string>,
  direction: Direction,
  hops = Number.POSITIVE_INFINITY,
  open: (id: string) => boolean = () => true,
): Part {
  const found: Part = { nodes: new Set(from), edges: new Set() };
  let front = [...found.nodes];
  for (let hop = 0; hop < hops && front.length > 0; hop++) {
    const next: string[] = [];
    for (const id of front) {
      for (const { edge } of nodes.get(id)?.[direction] ?? []) {
        const other = direction === "callers" ? edge.source : edge.target;
        if (!open(other)) continue;
        found.edges.add(edge.id);
        if (found.nodes.has(other)) continue;
        found.nodes.add(other);
        next.push(other);
      }
    }
    front = next;
  }
  return found;
}

/** All shortest ways from any of some services to any of others, along the arrows. Empty when there is none. */
export function shortestPaths(nodes: Nodes, from: readonly string[], to: readonly string[]): Part {
  const distance = distances(nodes, from);
  const ends = to.filter((id) => distance.has(id));
  const least = Math.min(...ends.map((id) => distance.get(id) ?? 0));
  const found: Part = { nodes: new Set(ends.filter((id) => distance.get(id) === least)), edges: new Set() };
  // Back from the ends, always to who is one hop nearer to the start.
  for (const id of found.nodes) {
    for (const { edge } of nodes.get(id)?.callers ?? []) {
      if ((distance.get(edge.source) ?? Number.POSITIVE_INFINITY) + 1 !== distance.get(id)) continue;
      found.edges.add(edge.id);
      found.nodes.add(edge.source);
    }
  }
  return found;
}

function distances(nodes: Nodes, from: readonly string[]): Map<string, number> {
  const distance = new Map(from.map((id) => [id, 0]));
  for (const [id, hops] of distance) {
    for (const { edge } of nodes.get(id)?.callees ?? []) {
      if (!distance.has(edge.target)) distance.set(edge.target, hops + 1);
    }
  }
  return distance;
}

/** Edges with both ends among the nodes. */
export function edgesAmong(nodes: ReadonlySet<string>, edges: Iterable<EdgePicture>): Set<string> {
  const found = new Set<string>();
  for (const { edge } of edges) if (nodes.has(edge.source) && nodes.has(edge.target)) found.add(edge.id);
  return found;
}
