import { cardHeight, cardWidth, type Point } from "../layout/geometry";

/** An end of an edge at a card's side, before it has its exact height. */
export interface End {
  edgeId: string;
  nodeId: string;
  /** 1 for the right side, -1 for the left. */
  side: 1 | -1;
  /** Where the edge goes to next: ends are ordered by it, so that edges do not cross at the card. */
  towards: Point;
}

const spacing = 16;
const room = cardHeight - 24;

/** The point on the card's side for each end. */
export function placeEnds(ends: readonly End[], positions: ReadonlyMap<string, Point>): Map<End, Point> {
  const sides = new Map<string, End[]>();
  for (const end of ends) {
    const key = `${end.side}${end.nodeId}`;
    sides.set(key, [...(sides.get(key) ?? []), end]);
  }
  const points = new Map<End, Point>();
  for (const side of sides.values()) {
    // The id is the same at both ends, so parallel edges stay parallel.
    side.sort((a, b) => a.towards.y - b.towards.y || (a.edgeId < b.edgeId ? -1 : a.edgeId > b.edgeId ? 1 : 0));
    const step = side.length < 2 ? 0 : Math.min(spacing, room / (side.length - 1));
    for (const [i, end] of side.entries()) {
      const card = positions.get(end.nodeId) as Point;
      points.set(end, { x: card.x + (end.side * cardWidth) / 2, y: card.y + (i - (side.length - 1) / 2) * step });
    }
  }
  return points;
}
