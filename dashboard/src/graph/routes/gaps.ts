import { spread } from "../layout/coordinates";
import type { Point } from "../layout/geometry";
import type { Obstacle, Slab } from "./slabs";

/** An edge on its way through a slab it does not end in: at which height it passes between the obstacles. */
export interface Passage {
  edgeId: string;
  slab: Slab;
  gap: Gap;
  /** Where it would pass if nothing were in its way. */
  wanted: number;
  y: number;
}

export interface Gap {
  top: number;
  bottom: number;
}

export interface Span {
  id: string;
  from: Point;
  to: Point;
  fromSlab: Slab;
  toSlab: Slab;
  /** The boxes of its ends: inside them it may pass between cards as it likes. */
  groups: readonly [string, string];
}

/** Kept free above and below a card or box. */
const clearance = 7;
const spacing = 7;
/** Passing through another group's box is as bad as this far round it. */
const strangeBoxCost = 90;
/** What counts more is the way to the gap, but a little also the way from there to the end. */
const aheadCost = 0.08;
/** A bend so small is not worth it. */
const smallBend = 26;

/** For each edge the passages between its ends, from its source on. Edges that share a gap are laid side by side. */
export function findPassages(spans: readonly Span[], slabs: readonly Slab[]): Map<string, Passage[]> {
  const byGap = new Map<Slab, Map<number, Passage[]>>();
  const byEdge = new Map<string, Passage[]>();
  for (const span of spans) {
    const step = span.fromSlab.index < span.toSlab.index ? 1 : -1;
    const passages: Passage[] = [];
    let last = span.from;
    for (let i = span.fromSlab.index + step; i !== span.toSlab.index && span.fromSlab !== span.toSlab; i += step) {
      const slab = slabs[i] as Slab;
      const x = (slab.left + slab.right) / 2;
      const straight = last.y + ((span.to.y - last.y) * (x - last.x)) / (span.to.x - last.x);
      // Level on, when the way there is hardly longer.
      const wanted = Math.abs(straight - last.y) < smallBend ? last.y : straight;
      const gap = bestGap(slab, wanted, span.to.y, span.groups);
      const passage = { edgeId: span.id, slab, gap, wanted, y: Math.min(Math.max(wanted, gap.top), gap.bottom) };
      passages.push(passage);
      share(byGap, passage);
      last = { x, y: passage.y };
    }
    byEdge.set(span.id, passages);
  }
  for (const gaps of byGap.values()) for (const passages of gaps.values()) layOut(passages);
  return byEdge;
}

/** Gaps of a slab have different bottoms, whatever is kept free above. */
function share(byGap: Map<Slab, Map<number, Passage[]>>, passage: Passage): void {
  const gaps = byGap.get(passage.slab) ?? new Map<number, Passage[]>();
  byGap.set(passage.slab, gaps);
  const others = gaps.get(passage.gap.bottom);
  if (others) others.push(passage);
  else gaps.set(passage.gap.bottom, [passage]);
}

/** The gap that costs the least way, between the cards of its own boxes or between the frames of others. */
function bestGap(slab: Slab, y: number, end: number, groups: readonly [string, string]): Gap {
  const { obstacles } = slab;
  let best: Gap = { top: -Infinity, bottom: Infinity };
  let least = Infinity;
  /** Looks at the gap above obstacle i; false when no further one on that side can be better. */
  const look = (i: number, lowest: number): boolean => {
    const above = obstacles[i - 1];
    const below = obstacles[i];
    const inside = above !== undefined && above.group === below?.group;
    const low = Math.max(lowest, above ? edgeOf(above, inside, groups).bottom + clearance : -Infinity);
    const high = below ? edgeOf(below, inside, groups).top - clearance : Infinity;
    const passed = Math.min(Math.max(y, low), high);
    // What leads away from y leads towards the end at best.
    const atLeast = (1 - aheadCost) * Math.abs(passed - y) + aheadCost * Math.abs(y - end);
    if (atLeast >= least) return false;
    if (high < low) return true;
    const strange = inside && above.group !== groups[0] && above.group !== groups[1];
    const cost = Math.abs(passed - y) + aheadCost * Math.abs(passed - end) + (strange ? strangeBoxCost : 0);
    if (cost < least) [best, least] = [{ top: low, bottom: high }, cost];
    return true;
  };
  if (slab.mixed) {
    // Those that stand side by side cover different heights: all above count.
    let lowest = -Infinity;
    for (let i = 0; i <= obstacles.length; i++) {
      look(i, lowest);
      lowest = Math.max(lowest, (obstacles[i]?.bottom ?? 0) + clearance);
    }
    return best;
  }
  const near = firstBelow(slab, y);
  for (let i = near; i <= obstacles.length && look(i, -Infinity); i++);
  for (let i = near - 1; i >= 0 && look(i, -Infinity); i--);
  return best;
}

/** A card in a gap of its own box, or of an end's; else the frame it is in. */
function edgeOf(obstacle: Obstacle, inside: boolean, groups: readonly [string, string]): Gap {
  return inside || obstacle.group === groups[0] || obstacle.group === groups[1] ? obstacle : obstacle.frame;
}

/** Index of the first obstacle that begins below y. */
function firstBelow({ obstacles }: Slab, y: number): number {
  let low = 0;
  let high = obstacles.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((obstacles[middle] as Obstacle).top > y) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Spreads the edges of one gap, each as near as it can be to where it wants to be, in the order that crosses least. */
function layOut(passages: Passage[]): void {
  if (passages.length < 2) return;
  passages.sort((a, b) => a.y - b.y || a.wanted - b.wanted || (a.edgeId < b.edgeId ? -1 : 1));
  const top = Math.max(...passages.map(({ gap }) => gap.top));
  const bottom = Math.min(...passages.map(({ gap }) => gap.bottom));
  const step = Math.min(spacing, Math.max(0, bottom - top) / (passages.length - 1));
  const heights = Float64Array.from(passages, ({ y }) => y);
  const steps = new Float64Array(passages.length).fill(step);
  steps[0] = 0;
  spread(heights, new Float64Array(passages.length).fill(1), steps, top, bottom);
  for (const [i, passage] of passages.entries()) passage.y = heights[i] as number;
}
