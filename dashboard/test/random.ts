import { randomFrom } from "../dev/random.mjs";
import {
  type Box,
  boxOf,
  cardHeight,
  cardWidth,
  type LayoutGraph,
  type LayoutNode,
  lanes,
  type Placement,
} from "../src/graph/layout/geometry";

export { randomFrom };

export function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** A card of the usual size. */
export function cardOf(id: string, group = "all", lane = 1): LayoutNode {
  return { id, group, lane, width: cardWidth, height: cardHeight };
}

/**
 * A graph of up to `most` nodes with cycles, self-calls, edges to nowhere, nodes without edges, and a group for every ten. With
 * `framed` false there is one group without a frame.
 */
export function randomGraph(random: () => number, most: number, framed = true): LayoutGraph {
  const count = 1 + Math.floor(random() * most);
  const groups = framed ? 1 + Math.floor(random() * (count / 10)) : 1;
  const nodes = Array.from({ length: count }, (_, i) => {
    const lane = random() < 0.6 ? 1 : Math.floor(random() * lanes.length);
    return cardOf(`n${i}`, `g${Math.floor(random() * groups)}`, lane);
  });
  const inGroup = (group: string) => nodes.filter((node) => node.group === group);
  const edges = Array.from({ length: Math.floor(random() * count * 2.5) }, (_, i) => {
    const source = pick(random, nodes);
    const target = random() < 0.7 ? pick(random, inGroup(source.group)) : pick(random, nodes);
    return { id: `e${i}`, source: source.id, target: random() < 0.02 ? "nowhere" : target.id };
  });
  return { groups: groupsOf(nodes, framed), nodes, edges };
}

export function groupsOf(nodes: readonly LayoutNode[], framed = true) {
  return [...new Set(nodes.map((node) => node.group))].map((id) => ({ id, title: id, framed }));
}

export function shuffled<T>(random: () => number, items: readonly T[]): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

/** Services of one group from "client>server". */
export function graphOf(arrows: string[], framed = false): LayoutGraph {
  const edges = arrows.map((arrow, i) => {
    const [source = "", target = ""] = arrow.split(">");
    return { id: `e${i}`, source, target };
  });
  const nodes = [...new Set(edges.flatMap((edge) => [edge.source, edge.target]))].map((id) => cardOf(id));
  return { groups: groupsOf(nodes, framed), nodes, edges };
}

/** Pairs of cards or of groups that cover each other, and cards that stand out of their box. */
export function overlaps(placement: Placement): string[] {
  const cards = [...placement.nodes].map(([id, point]): [string, Box] => [id, boxOf(point, placement.cards.get(id))]);
  const groups = [...placement.groups].map(([id, group]): [string, Box] => [id, group.box]);
  const outside = cards.filter(([id, card]) => {
    const box = placement.groups.get(placement.cards.get(id)?.group ?? "")?.box;
    return !box || card.left < box.left || card.right > box.right || card.top < box.top || card.bottom > box.bottom;
  });
  return [...covering(cards), ...covering(groups), ...outside.map(([id]) => `${id} is outside its box`)];
}

function covering(boxes: [string, Box][]): string[] {
  const sorted = [...boxes].sort(([, a], [, b]) => a.left - b.left);
  return sorted.flatMap(([id, a], i) => {
    const found: string[] = [];
    for (let k = i + 1; k < sorted.length; k++) {
      const [other, b] = sorted[k] as [string, Box];
      if (b.left >= a.right) break;
      if (a.top < b.bottom && b.top < a.bottom) found.push(`${id} ${other}`);
    }
    return found;
  });
}
