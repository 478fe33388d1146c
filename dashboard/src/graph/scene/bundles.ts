import type { Health } from "../health";
import { type Shown, type ShownEdge, worst } from "../shown";

/** Up to so many edges each is a line of its own; beyond, those between two groups run together. */
export const mostLines = 120;

/** All edges from one group, or one folded group, to another. */
export interface Ribbon {
  id: string;
  source: string;
  target: string;
  edges: ShownEdge[];
  health: Health;
  rate: number | null;
  failing: ShownEdge[];
}

export interface Bundles {
  /** By group where both ends are in it, else under "": each is a line of its own. */
  lines: Map<string, ShownEdge[]>;
  ribbons: Map<string, Ribbon>;
  /** The ribbon an edge runs in, by the edge's id. */
  ribbonOf: Map<string, string>;
  bundled: boolean;
}

/** `bundled`: whether edges between groups run together at all. */
export function bundlesOf(shown: Shown, bundled = shown.edges.size > mostLines): Bundles {
  const lines = new Map<string, ShownEdge[]>();
  const ribbons = new Map<string, Ribbon>();
  const ribbonOf = new Map<string, string>();
  for (const edge of shown.edges.values()) {
    const source = shown.nodes.get(edge.source)?.group ?? "";
    const target = shown.nodes.get(edge.target)?.group ?? "";
    if (!bundled || source === target) {
      const key = bundled ? source : "";
      const own = lines.get(key);
      if (own) own.push(edge);
      else lines.set(key, [edge]);
      continue;
    }
    const id = ribbonId(source, target);
    ribbonOf.set(edge.id, id);
    const ribbon = ribbons.get(id);
    if (ribbon) ribbon.edges.push(edge);
    else ribbons.set(id, { id, source, target, edges: [edge], health: "gone", rate: null, failing: [] });
  }
  for (const ribbon of ribbons.values()) {
    ribbon.health = worst(ribbon.edges.map((edge) => edge.health));
    ribbon.failing = ribbon.edges.filter((edge) => edge.health === "failing");
    const known = ribbon.edges.flatMap((edge) => edge.rate ?? []);
    if (known.length > 0) ribbon.rate = known.reduce((sum, rate) => sum + rate, 0);
  }
  return { lines, ribbons, ribbonOf, bundled };
}

export function ribbonId(source: string, target: string): string {
  return `${source} → ${target}`;
}
