import type { Neighbours } from "./neighbours";

/** The key of an edge in the set of back edges. */
export function edgeKey(source: string, target: string): string {
  return `${source}\n${target}`;
}

export interface Walk {
  /** Edges that close a circle: without them the graph has none. */
  backEdges: Set<string>;
  /** Depth-first order, callers before what they call: a good first order. */
  visited: string[];
}

/** Depth-first search from the roots: an edge to a node that is still open closes a circle. Own stack: chains may be long. */
export function findBackEdges(graph: Neighbours, laneById: ReadonlyMap<string, number>): Walk {
  const walk: Walk = { backEdges: new Set(), visited: [] };
  const state = new Map<string, "open" | "done">();
  for (const root of rootsFirst(graph, laneById)) {
    if (state.has(root)) continue;
    const stack = [{ id: root, next: 0 }];
    state.set(root, "open");
    walk.visited.push(root);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const target = graph.callees.get(top.id)?.[top.next++];
      if (target === undefined) {
        state.set(top.id, "done");
        stack.pop();
      } else if (state.get(target) === "open") {
        walk.backEdges.add(edgeKey(top.id, target));
      } else if (!state.has(target)) {
        state.set(target, "open");
        walk.visited.push(target);
        stack.push({ id: target, next: 0 });
      }
    }
  }
  return walk;
}

/** Nodes nobody calls first, then by lane: so a circle is cut where the traffic enters it. */
function rootsFirst(graph: Neighbours, laneById: ReadonlyMap<string, number>): string[] {
  const called = (id: string) => ((graph.callers.get(id)?.length ?? 0) > 0 ? 1 : 0);
  const lane = (id: string) => laneById.get(id) ?? 0;
  return [...graph.ids].sort((a, b) => called(a) - called(b) || lane(a) - lane(b) || (a < b ? -1 : 1));
}
