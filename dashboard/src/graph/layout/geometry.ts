import type { Tier } from "../../api/types";

// The grid, in map units (px at zoom 1). A node's position is its card's centre.

export const cardWidth = 196;
export const cardHeight = 60;
/** Least distance of two centres in a column: leaves room for four lines between two cards. */
export const rowStep = 100;
/** From column to column inside a lane, centre to centre. */
export const columnStep = 268;
/** From the last column of a lane to the first of the next. */
export const laneStep = 294;

/** From left to right: who comes in, who works, where it is kept, who is not ours. */
export const lanes: readonly Tier[] = ["edge", "service", "data", "external"];

export function laneOf(tier: Tier): number {
  const lane = lanes.indexOf(tier);
  return lane < 0 ? 1 : lane;
}

export interface Point {
  x: number;
  y: number;
}

export interface Column {
  x: number;
  lane: number;
}

/** What is to be placed. */
export interface Shape {
  nodes: readonly { id: string; tier: Tier }[];
  edges: readonly { source: string; target: string }[];
}

/** Where everything is. This is state, kept from message to message; see extendPlacement. */
export interface Placement {
  readonly positions: ReadonlyMap<string, Point>;
  /** By x. */
  readonly columns: readonly Column[];
  /** Nodes that came one by one since the last whole layout. */
  readonly additions: number;
}

export const emptyPlacement: Placement = { positions: new Map(), columns: [], additions: 0 };

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Around all cards; null when there are none. */
export function boundsOf(positions: Iterable<Point>): Box | null {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y } of positions) {
    box.left = Math.min(box.left, x - cardWidth / 2);
    box.right = Math.max(box.right, x + cardWidth / 2);
    box.top = Math.min(box.top, y - cardHeight / 2);
    box.bottom = Math.max(box.bottom, y + cardHeight / 2);
  }
  return box.left <= box.right ? box : null;
}
