import type { Shape } from "./geometry";

/** Both directions of the edges between nodes that exist, each pair once, without self-calls; ids sorted. */
export interface Neighbours {
  ids: string[];
  callees: Map<string, string[]>;
  callers: Map<string, string[]>;
}

/** Everything below walks these sorted lists, so that equal graphs give equal pictures whatever order they came in. */
export function neighboursOf(shape: Shape): Neighbours {
  const ids = shape.nodes.map((node) => node.id).sort();
  const callees = new Map(ids.map((id) => [id, new Set<string>()]));
  const callers = new Map(ids.map((id) => [id, new Set<string>()]));
  for (const { source, target } of shape.edges) {
    if (source === target || !callees.has(source) || !callers.has(target)) continue;
    callees.get(source)?.add(target);
    callers.get(target)?.add(source);
  }
  return { ids, callees: sorted(callees), callers: sorted(callers) };
}

function sorted(sets: Map<string, Set<string>>): Map<string, string[]> {
  return new Map([...sets].map(([id, set]) => [id, [...set].sort()]));
}
