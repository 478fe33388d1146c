import type { Box, Point } from "../layout/geometry";
import { findPassages, type Passage } from "./gaps";
import { type End, placeEnds } from "./ports";
import { arrowLength, Path, type Route, routeAlong } from "./route";
import { besideSlab, type Obstacle, type Slab, slabAt, slabsOf } from "./slabs";

/** An edge or ribbon with the boxes it runs between. */
export interface Line {
  id: string;
  source: string;
  target: string;
  from: Box;
  to: Box;
  groups: readonly [string, string];
}

export interface Draft {
  line: Line;
  fromSlab: Slab;
  toSlab: Slab;
  out: 1 | -1;
  into: 1 | -1;
  passages: readonly Pick<Passage, "slab" | "y">[];
}

/** Lines between the obstacles: level past them, bent only between two slabs. */
export function routeBetween(lines: readonly Line[], obstacles: readonly Obstacle[], routes: Map<string, Route>): void {
  const slabs = slabsOf(obstacles);
  const mixed = (line: Line) => {
    const [a, b] = [slabAt(slabs, line.from.left).index, slabAt(slabs, line.to.left).index];
    return slabs.slice(Math.min(a, b), Math.max(a, b) + 1).some((slab) => slab.mixed);
  };
  const across: Line[] = [];
  // Where columns of other boxes are out of line, edges inside one box look at its own columns only: nothing else is in it.
  const inside = new Map<string, Line[]>();
  const anyMixed = slabs.some((slab) => slab.mixed);
  for (const line of lines) {
    const [group] = line.groups;
    if (!anyMixed || group !== line.groups[1] || !mixed(line)) across.push(line);
    else inside.set(group, [...(inside.get(group) ?? []), line]);
  }
  const drafts = draftsOf(across, slabs);
  for (const [group, own] of inside) {
    const cards = obstacles.filter((obstacle) => obstacle.group === group);
    drafts.push(...draftsOf(own, slabsOf(cards.length > 0 ? cards : obstacles)));
  }
  drawAll(drafts, routes);
}

export function draftsOf(lines: readonly Line[], slabs: readonly Slab[]): Draft[] {
  const spans = lines.map((line) => ({
    id: line.id,
    from: centre(line.from),
    to: centre(line.to),
    fromSlab: slabAt(slabs, line.from.left),
    toSlab: slabAt(slabs, line.to.left),
    groups: line.groups,
  }));
  const passages = findPassages(spans, slabs);
  return lines.map((line, i) => {
    const { fromSlab, toSlab } = spans[i] as (typeof spans)[number];
    return { line, ...sidesOf(line, fromSlab, toSlab), fromSlab, toSlab, passages: passages.get(line.id) ?? [] };
  });
}

/** Left or right, the way it goes; both to the right between two that stand above each other. */
function sidesOf({ from, to }: Line, fromSlab: Slab, toSlab: Slab): Pick<Draft, "out" | "into"> {
  const right = fromSlab === toSlab ? to.left >= from.right : fromSlab.index < toSlab.index;
  const left = fromSlab === toSlab ? from.left >= to.right : fromSlab.index > toSlab.index;
  return { out: left ? -1 : 1, into: right ? -1 : 1 };
}

/** Places the ends of all lines, then draws each. */
export function drawAll(drafts: readonly Draft[], routes: Map<string, Route>): void {
  const ends = drafts.map(({ line, out, into, passages }) => {
    const first: End = {
      edgeId: line.id,
      at: line.source,
      box: line.from,
      side: out,
      towards: passages[0]?.y ?? centre(line.to).y,
    };
    const last: End = {
      edgeId: line.id,
      at: line.target,
      box: line.to,
      side: into,
      towards: passages.at(-1)?.y ?? centre(line.from).y,
    };
    return { first, last };
  });
  const points = placeEnds(ends.flatMap(({ first, last }) => [first, last]));
  for (const [i, draft] of drafts.entries()) {
    const { first, last } = ends[i] as (typeof ends)[number];
    const start = points.get(first) as Point;
    const tip = points.get(last) as Point;
    routes.set(draft.line.id, routeOf(draft, start, tip));
  }
}

function routeOf(draft: Draft, start: Point, tip: Point): Route {
  if (draft.fromSlab !== draft.toSlab) return across(draft, start, tip);
  return draft.out === draft.into ? bow(draft, start, tip) : direct(draft, start, tip);
}

/** Between two side by side in a slab of columns out of line: over whatever is between. */
function direct({ out, into }: Draft, start: Point, tip: Point): Route {
  const path = new Path(start).to(tip.x + into * arrowLength, tip.y);
  return routeAlong(path, start, tip, { out, into }, path.middles[0] as Point);
}

/** Level out of its slab, past every other, and into the last, with bends in the spaces between them. */
function across({ fromSlab, toSlab, out, into, passages }: Draft, start: Point, tip: Point): Route {
  const path = new Path(start);
  const edgeOf = (slab: Slab, side: number) => (side > 0 ? slab.right + besideSlab : slab.left - besideSlab);
  const leave = edgeOf(fromSlab, out);
  const enter = edgeOf(toSlab, into);
  const bends: Point[] = [];
  const bend = (x: number, y: number) => {
    path.to(x, y);
    bends.push(path.middles.at(-1) as Point);
  };
  // Past its own slab only when that is wider than its card.
  if ((leave - start.x) * out > 3 * besideSlab) path.to(leave, start.y);
  for (const { slab, y } of passages) {
    bend(edgeOf(slab, -out), y);
    path.to(edgeOf(slab, out), y);
  }
  const back = tip.x + into * arrowLength;
  if ((enter - tip.x) * into > 3 * besideSlab) {
    bend(enter, tip.y);
    path.to(back, tip.y);
  } else bend(back, tip.y);
  return routeAlong(path, start, tip, { out, into }, bends[Math.floor((bends.length - 1) / 2)] as Point);
}

/** Between two of one slab: a bow to the right, as wide as it is far, so that bows nest. */
function bow({ fromSlab }: Draft, start: Point, tip: Point): Route {
  const reach = 30 + Math.min(50, Math.abs(tip.y - start.y) * 0.14);
  const x = fromSlab.right;
  const back = { x: tip.x + arrowLength, y: tip.y };
  const path = new Path(start);
  if (x - start.x > 1) path.to(x, start.y);
  const end = Math.max(x, back.x);
  path.curve(x + reach, start.y, end + reach, tip.y, end, tip.y);
  if (end > back.x) path.to(back.x, tip.y);
  const middle = { x: x + 0.75 * reach + (end - x) / 2, y: (start.y + tip.y) / 2 };
  return routeAlong(path, start, tip, { out: 1, into: 1 }, middle);
}

/** One curve from end to end, over whatever is between. */
export function routeDirect(lines: readonly Line[], routes: Map<string, Route>): void {
  const ends: End[] = [];
  for (const { id, source, target, from, to } of lines) {
    const rightwards = to.left > from.left ? 1 : -1;
    const sameColumn = to.left < from.right && from.left < to.right;
    ends.push({ edgeId: id, at: source, box: from, side: sameColumn ? 1 : rightwards, towards: to.top });
    ends.push({ edgeId: id, at: target, box: to, side: sameColumn || rightwards < 0 ? 1 : -1, towards: from.top });
  }
  const points = placeEnds(ends);
  for (let i = 0; i < ends.length; i += 2) {
    const [first, last] = [ends[i] as End, ends[i + 1] as End];
    const [start, tip] = [points.get(first) as Point, points.get(last) as Point];
    const back = { x: tip.x + last.side * arrowLength, y: tip.y };
    const reach = first.side === last.side ? 60 : Math.abs(back.x - start.x) / 2;
    const path = new Path(start);
    path.curve(start.x + first.side * reach, start.y, back.x + last.side * reach, back.y, back.x, back.y);
    const middle = { x: (start.x + back.x) / 2 + (first.side + last.side) * 0.375 * reach, y: (start.y + back.y) / 2 };
    routes.set(first.edgeId, routeAlong(path, start, tip, { out: first.side, into: last.side }, middle));
  }
}

export function centre({ left, top, right, bottom }: Box): Point {
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}
