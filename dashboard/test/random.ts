import { randomFrom } from "../dev/random.mjs";
import type { Tier } from "../src/api/types";
import { cardHeight, cardWidth, lanes, type Placement, type Shape } from "../src/graph/layout/geometry";

export { randomFrom };

export function pick<T>(random: () => number, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)] as T;
}

/** A graph of up to `most` nodes with cycles, self-calls, edges to nowhere, and nodes without edges. */
export function randomShape(random: () => number, most: number): Shape {
  const nodes = Array.from({ length: 1 + Math.floor(random() * most) }, (_, i) => ({
    id: `n${i}`,
    tier: randomTier(random),
  }));
  const edges = Array.from({ length: Math.floor(random() * nodes.length * 2.5) }, () => ({
    source: pick(random, nodes).id,
    target: random() < 0.02 ? "nowhere" : pick(random, nodes).id,
  }));
  return { nodes, edges };
}

function randomTier(random: () => number): Tier {
  return random() < 0.6 ? "service" : pick(random, lanes);
}

export function shuffled<T>(random: () => number, items: readonly T[]): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

/** Services from "client>server". */
export function shapeOf(arrows: string[]): Shape {
  const edges = arrows.map((arrow) => {
    const [source = "", target = ""] = arrow.split(">");
    return { source, target };
  });
  const ids = [...new Set(edges.flatMap((edge) => [edge.source, edge.target]))];
  return { nodes: ids.map((id) => ({ id, tier: "service" as const })), edges };
}

/** Pairs of cards that cover each other. */
export function overlaps(placement: Placement): string[] {
  const cards = [...placement.positions];
  return cards.flatMap(([id, a], i) =>
    cards.slice(i + 1).flatMap(([other, b]) => {
      const apart = Math.abs(a.x - b.x) >= cardWidth || Math.abs(a.y - b.y) >= cardHeight;
      return apart ? [] : [`${id} ${other}`];
    }),
  );
}
