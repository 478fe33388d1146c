import type { Box, Point } from "../layout/geometry";

/** How an edge is drawn. */
export interface Route {
  /** Start x, y, then six numbers for each cubic Bézier, straight pieces too; ends at the arrowhead's back. */
  path: readonly number[];
  /** The arrowhead's point, and where it points: 0 right, half a turn left, a quarter down. */
  tip: Point;
  tipRadians: number;
  /** Between two columns, never over a card: for a mark. */
  middle: Point;
  /** Where a label can begin at either end, and the way it may grow. */
  atSource: Anchor;
  atTarget: Anchor;
  bounds: Box;
}

export interface Anchor extends Point {
  /** 1 to the right, -1 to the left, 0 to both sides. */
  away: 1 | 0 | -1;
}

export const arrowLength = 9;
/** From the card to a label: the arrowhead stays visible. */
const labelDistance = 13;

/** A path from piece to piece, each of which begins and ends level. */
export class Path {
  readonly numbers: number[];
  private x: number;
  private y: number;
  /** Middle of each bend. */
  readonly middles: Point[] = [];

  constructor({ x, y }: Point) {
    this.numbers = [tenth(x), tenth(y)];
    [this.x, this.y] = [x, y];
  }

  /** Level when it is at the same height, else bent like an S. */
  to(x: number, y: number): this {
    const level = Math.abs(y - this.y) < 0.5;
    const reach = (x - this.x) * (level ? 1 / 3 : 0.5);
    this.middles.push({ x: (this.x + x) / 2, y: (this.y + y) / 2 });
    return this.curve(this.x + reach, this.y, x - reach, y, x, y);
  }

  curve(x1: number, y1: number, x2: number, y2: number, x: number, y: number): this {
    this.numbers.push(tenth(x1), tenth(y1), tenth(x2), tenth(y2), tenth(x), tenth(y));
    [this.x, this.y] = [x, y];
    return this;
  }
}

/** The route along a path that leaves a card's right (1) or left (-1) side and comes to another's. */
export function routeAlong(
  path: Path,
  start: Point,
  tip: Point,
  sides: { out: 1 | -1; into: 1 | -1 },
  middle: Point,
): Route {
  const { out, into } = sides;
  return {
    path: path.numbers,
    tip,
    tipRadians: into < 0 ? 0 : Math.PI,
    middle,
    atSource: { x: start.x + out * labelDistance, y: start.y, away: out },
    atTarget: { x: tip.x + into * labelDistance, y: tip.y, away: into },
    bounds: boundsOfPath(path.numbers, tip),
  };
}

/** Round the path's control points, which hold the curve between them. */
export function boundsOfPath(numbers: readonly number[], tip: Point): Box {
  const box = { left: tip.x, top: tip.y, right: tip.x, bottom: tip.y };
  for (let i = 0; i < numbers.length; i += 2) {
    const [x, y] = [numbers[i] as number, numbers[i + 1] as number];
    if (x < box.left) box.left = x;
    if (x > box.right) box.right = x;
    if (y < box.top) box.top = y;
    if (y > box.bottom) box.bottom = y;
  }
  return box;
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
