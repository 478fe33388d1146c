import { cardHeight, cardWidth, type Point } from "../layout/geometry";
import { findPassages, levelRun } from "./gaps";
import { type End, placeEnds } from "./ports";

/** How an edge is drawn. */
export interface Route {
  /** SVG path data, from the client to the arrowhead's back. */
  path: string;
  /** The arrowhead's tip and where it points: 0 right, 180 left, 90 down. */
  tip: Point;
  tipDegrees: number;
  /** Between two columns, never over a card: for a mark. */
  middle: Point;
  /** Where a label can begin at either end, and the way it may grow. */
  atSource: Anchor;
  atTarget: Anchor;
}

export interface Anchor extends Point {
  /** 1 to the right, -1 to the left, 0 to both sides. */
  away: 1 | 0 | -1;
}

export interface Line {
  id: string;
  source: string;
  target: string;
}

const arrowLength = 9;
/** From the card to a label: the arrowhead stays visible. */
const labelDistance = 13;

/** A route for each edge whose ends are placed. A pure function of the positions: no edge needs a place of its own. */
export function routeEdges(lines: readonly Line[], positions: ReadonlyMap<string, Point>): Map<string, Route> {
  const routes = new Map<string, Route>();
  const plain: { line: Line; from: Point; to: Point }[] = [];
  for (const line of lines) {
    const from = positions.get(line.source);
    const to = positions.get(line.target);
    if (!from || !to) continue;
    if (line.source === line.target) routes.set(line.id, selfLoop(from));
    else plain.push({ line, from, to });
  }
  const passages = findPassages(
    plain.map(({ line, from, to }) => ({ id: line.id, from, to })),
    positions.values(),
  );
  const drafts = plain.map(({ line, from, to }) => {
    const between = passages.get(line.id) ?? [];
    const out = from.x <= to.x ? 1 : -1;
    const into = from.x < to.x ? -1 : 1;
    const first: End = { edgeId: line.id, nodeId: line.source, side: out, towards: between[0] ?? to };
    const last: End = { edgeId: line.id, nodeId: line.target, side: into, towards: between.at(-1) ?? from };
    return { id: line.id, first, last, between };
  });
  const ends = placeEnds(
    drafts.flatMap((draft) => [draft.first, draft.last]),
    positions,
  );
  for (const { id, first, last, between } of drafts) {
    const start = ends.get(first) as Point;
    const tip = ends.get(last) as Point;
    routes.set(id, start.x === tip.x ? sameColumn(start, tip) : across(start, tip, between));
  }
  return routes;
}

/** Level at both ends and past every card between, with smooth bends in the spaces between columns. */
function across(start: Point, tip: Point, between: readonly Point[]): Route {
  const sign = tip.x > start.x ? 1 : -1;
  const end = { x: tip.x - sign * arrowLength, y: tip.y };
  const bends: [Point, Point][] = [];
  let from = start;
  for (const { x, y } of between) {
    bends.push([from, { x: x - sign * levelRun, y }]);
    from = { x: x + sign * levelRun, y };
  }
  bends.push([from, end]);
  const path = bends.map(([a, b], i) => `${i === 0 ? "M" : "L"}${point(a)}${bend(a, b)}`).join("");
  const [a, b] = bends[Math.floor((bends.length - 1) / 2)] as [Point, Point];
  return {
    path,
    tip,
    tipDegrees: sign > 0 ? 0 : 180,
    middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    atSource: { x: start.x + sign * labelDistance, y: start.y, away: sign },
    atTarget: { x: tip.x - sign * labelDistance, y: tip.y, away: sign > 0 ? -1 : 1 },
  };
}

function bend(a: Point, b: Point): string {
  if (Math.abs(a.y - b.y) < 0.5) return `L${point(b)}`;
  const reach = (b.x - a.x) * 0.5;
  return `C${point({ x: a.x + reach, y: a.y })} ${point({ x: b.x - reach, y: b.y })} ${point(b)}`;
}

/** Between two nodes of one column: a bow to the right, as wide as it is far, so that bows nest. */
function sameColumn(start: Point, tip: Point): Route {
  const reach = 30 + Math.min(50, Math.abs(tip.y - start.y) * 0.14);
  const end = { x: tip.x + arrowLength, y: tip.y };
  const path = `M${point(start)}C${point({ x: start.x + reach, y: start.y })} ${point({ x: end.x + reach, y: end.y })} ${point(end)}`;
  return {
    path,
    tip,
    tipDegrees: 180,
    middle: { x: start.x + 0.75 * reach + arrowLength / 2, y: (start.y + tip.y) / 2 },
    atSource: { x: start.x + labelDistance, y: start.y, away: 1 },
    atTarget: { x: tip.x + labelDistance, y: tip.y, away: 1 },
  };
}

/** A service that calls itself: an ear on the card's upper edge. */
function selfLoop(card: Point): Route {
  const top = card.y - cardHeight / 2;
  const left = card.x + cardWidth / 2 - 62;
  const right = left + 30;
  const path = `M${point({ x: left, y: top })}C${point({ x: left - 4, y: top - 26 })} ${point({ x: right + 4, y: top - 30 })} ${point({ x: right, y: top - arrowLength })}`;
  const middle = { x: (left + right) / 2, y: top - 20 };
  const anchor: Anchor = { ...middle, away: 0 };
  return { path, tip: { x: right, y: top }, tipDegrees: 90, middle, atSource: anchor, atTarget: anchor };
}

function point({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
