import { spread } from "../layout/coordinates";
import type { Box, Point } from "../layout/geometry";

/** An end of an edge at a card's or box's side, before it has its exact height. */
export interface End {
  edgeId: string;
  at: string;
  box: Box;
  /** 1 for the right side, -1 for the left. */
  side: 1 | -1;
  /** Where the edge goes to next: ends are ordered by it, so that edges do not cross at the card. */
  towards: number;
}

const spacing = 16;
/** Kept free at a side's corners. */
const corner = 12;
/** On sides longer than this ends lie where their edges lead, on shorter ones round the middle. */
const longSide = 120;

/** The point on the side for each end. */
export function placeEnds(ends: readonly End[]): Map<End, Point> {
  const sides = new Map<string, End[]>();
  for (const end of ends) {
    const key = `${end.side}${end.at}`;
    const side = sides.get(key);
    if (side) side.push(end);
    else sides.set(key, [end]);
  }
  const points = new Map<End, Point>();
  for (const side of sides.values()) {
    // The id is the same at both ends, so parallel edges stay parallel.
    side.sort((a, b) => a.towards - b.towards || (a.edgeId < b.edgeId ? -1 : a.edgeId > b.edgeId ? 1 : 0));
    const heights = heightsOn((side[0] as End).box, side);
    for (const [i, end] of side.entries()) {
      points.set(end, { x: end.side > 0 ? end.box.right : end.box.left, y: heights[i] as number });
    }
  }
  return points;
}

function heightsOn({ top, bottom }: Box, side: readonly End[]): Float64Array {
  const middle = (top + bottom) / 2;
  const room = bottom - top - 2 * corner;
  const step = side.length < 2 ? 0 : Math.min(spacing, room / (side.length - 1));
  if (bottom - top <= longSide) return Float64Array.from(side, (_, i) => middle + (i - (side.length - 1) / 2) * step);
  const heights = Float64Array.from(side, (end) => Math.min(Math.max(end.towards, top + corner), bottom - corner));
  spread(
    heights,
    new Float64Array(side.length).fill(1),
    Float64Array.from(side, (_, i) => (i === 0 ? 0 : step)),
    top + corner,
    bottom - corner,
  );
  return heights;
}
