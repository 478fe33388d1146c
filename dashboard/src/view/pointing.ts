import type { Box } from "../graph/layout/geometry";
import { union } from "../graph/layout/geometry";
import type { Pointed } from "../graph/scene/highlight";
import { edgeShowing } from "../graph/scene/highlight";
import type { Hit } from "../graph/scene/hit";
import type { Card, Scene } from "../graph/scene/scene";
import { address, select } from "../ui/address";

/** What a hit stands for in the address. */
export function pointedBy(hit: Hit | null): Pointed | null {
  switch (hit?.kind) {
    case "card":
      return pointedCard(hit.card);
    case "frame":
      return { kind: "group", id: hit.frame.id };
    case "line": {
      const { edges, source, target } = hit.line.edge;
      const [only] = edges;
      return edges.length === 1 && only ? { kind: "edge", id: only.edge.id } : { kind: "between", source, target };
    }
    case "ribbon":
      return { kind: "between", source: hit.ribbon.ribbon.source, target: hit.ribbon.ribbon.target };
    default:
      return null;
  }
}

export function pointedCard({ id, node }: Card): Pointed {
  return { kind: node.kind === "group" ? "group" : "node", id };
}

export function samePointed(a: Pointed | null, b: Pointed | null): boolean {
  if (!a || !b) return a === b;
  if (a.kind === "between") return b.kind === "between" && a.source === b.source && a.target === b.target;
  return b.kind === a.kind && b.id === a.id;
}

/** Choosing what is chosen lets it go. */
export function toggle(pointed: Pointed | null): void {
  select(samePointed(address.peek().selected, pointed) ? null : pointed);
}

/** What must stay visible beside the panel. */
export function boxOfPointed(scene: Scene, pointed: Pointed): Box | null {
  const edge = pointed.kind === "edge" ? edgeShowing(scene, pointed.id) : null;
  const ids = pointed.kind === "between" ? [pointed.source, pointed.target] : [pointed.id];
  const ends = edge ? [edge.source, edge.target] : ids;
  return union(ends.flatMap((id) => scene.cardOf.get(id)?.box ?? scene.frameOf.get(id)?.box ?? []));
}

/** Cards and frames that are drawn as chosen. */
export function idsOf(pointed: Pointed | null): ReadonlySet<string> {
  return new Set(pointed && (pointed.kind === "node" || pointed.kind === "group") ? [pointed.id] : []);
}
