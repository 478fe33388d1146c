import type { Box } from "../layout/geometry";
import { type Anchor, arrowLength, boundsOfPath, Path, type Route } from "./route";

/** A service that calls itself: an ear on the card's upper edge. */
export function selfLoop({ top, right: side }: Box): Route {
  const left = side - 62;
  const right = left + 30;
  const path = new Path({ x: left, y: top });
  path.curve(left - 4, top - 26, right + 4, top - 30, right, top - arrowLength);
  const tip = { x: right, y: top };
  const anchor: Anchor = { x: (left + right) / 2, y: top - 20, away: 0 };
  return {
    path: path.numbers,
    tip,
    tipRadians: Math.PI / 2,
    middle: { x: anchor.x, y: anchor.y },
    atSource: anchor,
    atTarget: anchor,
    bounds: boundsOfPath(path.numbers, tip),
  };
}
