import type { ShownEdge } from "../shown";
import { ribbonId } from "./bundles";
import type { Scene } from "./scene";

/** What can be pointed at or chosen. Between: a ribbon's groups, or services. */
export type Pointed =
  | { kind: "node" | "edge" | "group"; id: string }
  | { kind: "between"; source: string; target: string };

/** What the reader points at or has chosen, with everything one step around it. */
export interface Highlight {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
  ribbons: ReadonlySet<string>;
  frames: ReadonlySet<string>;
  /** The node it is about, so that labels go to the other end; null where it is about no node. */
  centre: string | null;
  /** Its edges that run in ribbons and are now drawn apart. */
  apart: readonly ShownEdge[];
}

/** A hub's lines would be a ball of wool: beyond this many they stay in their ribbons. */
const mostApart = 60;

/** Null when it is not on the map. */
export function highlightOf(scene: Scene, pointed: Pointed): Highlight | null {
  if (pointed.kind === "between") return aroundBetween(scene, pointed.source, pointed.target);
  if (pointed.kind === "edge") {
    const edge = edgeShowing(scene, pointed.id);
    return edge ? around(scene, [edge], null) : null;
  }
  // A folded group is a card as any other.
  if (pointed.kind === "node" || scene.cardOf.has(pointed.id)) return aroundNode(scene, pointed.id);
  return aroundFrame(scene, pointed.id);
}

function aroundBetween(scene: Scene, source: string, target: string): Highlight | null {
  const edges = [...scene.shown.edges.values()].filter((edge) => edge.source === source && edge.target === target);
  const all = edges.length > 0 ? edges : (scene.bundles.ribbons.get(ribbonId(source, target))?.edges ?? []);
  return all.length > 0 ? around(scene, all, null) : null;
}

/** The line an edge is drawn as: its own, or one it is merged into. */
export function edgeShowing(scene: Scene, id: string): ShownEdge | null {
  const own = scene.shown.edges.get(id);
  if (own) return own;
  for (const edge of scene.shown.edges.values()) if (edge.edges.some((one) => one.edge.id === id)) return edge;
  return null;
}

function aroundNode(scene: Scene, id: string): Highlight | null {
  if (!scene.cardOf.has(id)) return null;
  const edges = [...scene.shown.edges.values()].filter((edge) => edge.source === id || edge.target === id);
  const highlight = around(scene, edges, id);
  return { ...highlight, nodes: new Set([...highlight.nodes, id]) };
}

function aroundFrame(scene: Scene, id: string): Highlight | null {
  if (!scene.frameOf.has(id)) return null;
  const members = new Set(scene.shown.groups.get(id)?.members);
  const edges = [...scene.shown.edges.values()].filter((edge) => members.has(edge.source) || members.has(edge.target));
  const highlight = around(scene, edges, null);
  return {
    ...highlight,
    nodes: new Set([...highlight.nodes, ...members]),
    frames: new Set([...highlight.frames, id]),
    // Of a whole group the ribbons tell more than all their lines.
    apart: [],
    ribbons: new Set(edges.flatMap((edge) => scene.bundles.ribbonOf.get(edge.id) ?? [])),
  };
}

function around(scene: Scene, edges: readonly ShownEdge[], centre: string | null): Highlight {
  const nodes = new Set(edges.flatMap((edge) => [edge.source, edge.target]));
  const bundled = edges.filter((edge) => scene.bundles.ribbonOf.has(edge.id));
  const few = bundled.length <= mostApart;
  const ribbons = new Set(few ? [] : bundled.flatMap((edge) => scene.bundles.ribbonOf.get(edge.id) ?? []));
  const frames = new Set([...nodes].flatMap((id) => scene.cardOf.get(id)?.frame?.id ?? []));
  return { nodes, edges: new Set(edges.map((edge) => edge.id)), ribbons, frames, centre, apart: few ? bundled : [] };
}
