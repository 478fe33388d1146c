import type { LayoutGraph } from "./geometry";

/** Who calls whom by id, without self-calls and edges to nowhere. */
export interface Neighbours {
  callers: ReadonlyMap<string, readonly string[]>;
  callees: ReadonlyMap<string, readonly string[]>;
}

export function neighboursOf(graph: LayoutGraph): Neighbours {
  const callers = new Map<string, string[]>(graph.nodes.map((node) => [node.id, []]));
  const callees = new Map<string, string[]>(graph.nodes.map((node) => [node.id, []]));
  for (const { source, target } of graph.edges) {
    if (source === target || !callers.has(source) || !callers.has(target)) continue;
    callees.get(source)?.push(target);
    callers.get(target)?.push(source);
  }
  return { callers, callees };
}

export function around({ callers, callees }: Neighbours, id: string): string[] {
  return [...(callers.get(id) ?? []), ...(callees.get(id) ?? [])];
}
