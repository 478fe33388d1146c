import { type Point, titleHeight } from "../layout/geometry";
import type { Route } from "../routes/routes";
import { distanceTo, flatten } from "./curve";
import type { Level } from "./levels";
import type { Card, Frame, Line, RibbonLine, Scene } from "./scene";

export type Hit =
  | { kind: "card"; card: Card }
  | { kind: "frame"; frame: Frame }
  | { kind: "line"; line: Line }
  | { kind: "ribbon"; ribbon: RibbonLine };

const points = new WeakMap<Route, Float64Array>();

export interface Reach {
  /** Map units to a side of a line that still hit it. */
  lines: number;
  /** Map units beyond a card that still hit it, where a finger needs more than is drawn. */
  cards: number;
}

/** What is at a point of the map. `drawn`: the lines and ribbons that are on the screen now. */
export function hitAt(
  scene: Scene,
  level: Level,
  at: Point,
  reach: Reach,
  drawn: { lines: readonly Line[]; ribbons: readonly RibbonLine[] },
): Hit | null {
  const card = cardAt(scene, level, at, reach.cards);
  if (card) return { kind: "card", card };
  const frame = scene.frames.find(
    ({ box }) => box.left <= at.x && at.x <= box.right && box.top <= at.y && at.y <= box.bottom,
  );
  // From afar the box is all there is of it; nearer its title stands for it.
  if (frame && level !== "far" && at.y <= frame.box.top + titleHeight) return { kind: "frame", frame };
  const line = nearest(drawn.lines, at, reach.lines);
  if (line) return { kind: "line", line };
  const ribbon = nearest(drawn.ribbons, at, reach.lines);
  if (ribbon) return { kind: "ribbon", ribbon };
  return frame && level === "far" ? { kind: "frame", frame } : null;
}

function cardAt(scene: Scene, level: Level, { x, y }: Point, spare: number): Card | null {
  const near = scene.cardGrid.within({ left: x - spare, top: y - spare, right: x + spare, bottom: y + spare });
  let best: Card | null = null;
  let least = Infinity;
  for (const i of near) {
    const card = scene.cards[i] as Card;
    if (level === "far" && card.frame) continue;
    const { left, top, right, bottom } = card.box;
    const distance = Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
    if (distance < least) [best, least] = [card, distance];
  }
  return best;
}

function nearest<T extends { route: Route }>(lines: readonly T[], at: Point, reach: number): T | null {
  let best: T | null = null;
  let least = reach;
  for (const line of lines) {
    const { left, top, right, bottom } = line.route.bounds;
    if (at.x < left - reach || at.x > right + reach || at.y < top - reach || at.y > bottom + reach) continue;
    const distance = distanceTo(pointsOf(line.route), at);
    if (distance < least) [best, least] = [line, distance];
  }
  return best;
}

function pointsOf(route: Route): Float64Array {
  const before = points.get(route);
  if (before) return before;
  const flat = flatten([...route.path]);
  points.set(route, flat);
  return flat;
}
