import { cardHeight, cardWidth, type LayoutGraph } from "./geometry";

const count = 120;
const groupSize = 16;

/**
 * A map nobody looks at, as large as it must be for every step of a layout to have run. Laid out while the page waits for the real
 * one, it halves the time of that: the browser has the code compiled by then.
 */
export function rehearsal(): LayoutGraph {
  const ids = Array.from({ length: count }, (_, i) => `${i}`);
  return {
    groups: Array.from({ length: Math.ceil(count / groupSize) }, (_, g) => ({ id: `${g}`, title: "", framed: true })),
    nodes: ids.map((id, i) => ({
      id,
      group: `${Math.floor(i / groupSize)}`,
      lane: i % 4,
      width: cardWidth,
      height: cardHeight,
    })),
    edges: ids.flatMap((source, i) =>
      [1, 5, 17].map((step) => ({ id: `${source}+${step}`, source, target: `${(i * step + step) % count}` })),
    ),
  };
}
