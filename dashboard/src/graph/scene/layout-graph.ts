import { cardHeight, cardWidth, type LayoutGraph, type LayoutNode, laneOf, lanes, type Size } from "../layout/geometry";
import type { Shown, ShownGroup, ShownNode } from "../shown";

export const serviceCard: Size = { width: cardWidth, height: cardHeight };
/** A folded group has a health bar more than a service. */
export const groupCard: Size = { width: cardWidth, height: 74 };

export function sizeOf(node: ShownNode): Size {
  return node.kind === "group" ? groupCard : serviceCard;
}

/** What the layout is asked to place. Nothing of it depends on a counter. */
export function layoutGraphOf(shown: Shown): LayoutGraph {
  const groups = [...shown.groups.values()].map(({ id, title, collapsed }) => ({
    id,
    title,
    framed: !collapsed && shown.by !== "none",
  }));
  const edges = [...shown.edges.values()].map(({ id, source, target }) => ({ id, source, target }));
  return { groups, nodes: [...shown.nodes.values()].map(layoutNode), edges };
}

function layoutNode(node: ShownNode): LayoutNode {
  const lane = node.kind === "group" ? commonLane(node) : laneOf(node.picture.node.tier);
  return { id: node.id, group: node.group, lane, ...sizeOf(node) };
}

/** The lane of most members; of two that are as many, the one further left. */
function commonLane({ members }: ShownGroup): number {
  const counts = lanes.map(() => 0);
  for (const { node } of members) {
    const lane = laneOf(node.tier);
    counts[lane] = (counts[lane] ?? 0) + 1;
  }
  return counts.indexOf(Math.max(...counts));
}

/** True when nothing came, left or changed its group, so that nothing is to be placed. */
export function sameShape(a: Shown, b: Shown): boolean {
  if (a.by !== b.by || a.nodes.size !== b.nodes.size || a.edges.size !== b.edges.size) return false;
  for (const [id, node] of a.nodes) {
    const other = b.nodes.get(id);
    if (!other || other.kind !== node.kind || other.group !== node.group) return false;
    if (laneIn(node) !== laneIn(other)) return false;
  }
  for (const id of a.edges.keys()) if (!b.edges.has(id)) return false;
  return true;
}

function laneIn(node: ShownNode): string {
  return node.kind === "group" ? "" : node.picture.node.tier;
}
