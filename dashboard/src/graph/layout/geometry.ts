import type { Tier } from "../../api/types";

// In map units: px at zoom 1. A node's position is its card's centre.

export const cardWidth = 196;
export const cardHeight = 60;
/** Between two cards of a column: leaves room for four lines. */
export const rowGap = 40;
/** Between two columns of cards: leaves room for arrowheads, labels and bends. */
export const columnGap = 72;
/** Between two boxes side by side, where the ribbons bend; cards of two boxes are this and two paddings apart. */
export const boxColumnGap = 72;
/** Between two boxes of a column. */
export const boxRowGap = 40;
/** The strip on a framed box that holds its title. */
export const titleHeight = 28;
/** Between a framed box and its cards. */
export const boxPadding = 20;

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

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A card to be placed, with its size. */
export interface LayoutNode {
  id: string;
  group: string;
  lane: number;
  width: number;
  height: number;
}

export interface LayoutGroup {
  id: string;
  title: string;
  /** False where no box is drawn round it: a collapsed group is one card, and without grouping all is one group. */
  framed: boolean;
}

export interface LayoutEdge {
  id: string;
  source: string;
  target: string;
}

/** What is to be placed. */
export interface LayoutGraph {
  groups: readonly LayoutGroup[];
  nodes: readonly LayoutNode[];
  edges: readonly LayoutEdge[];
}

/** What a placed card was when it was placed: another group or size is another card. */
export interface PlacedCard {
  readonly group: string;
  readonly width: number;
  readonly height: number;
}

export interface PlacedGroup {
  readonly lane: number;
  readonly framed: boolean;
  /** All its cards, and the frame where it has one. */
  readonly box: Box;
}

/** Where everything is. This is state, kept from message to message; see extendPlacement. Plain data: a worker can send it. */
export interface Placement {
  /** Centres of the cards. */
  readonly nodes: ReadonlyMap<string, Point>;
  /** Of the framed groups, title strip included. */
  readonly boxes: ReadonlyMap<string, Box>;
  /** Nodes that came one by one since the last whole layout. */
  readonly additions: number;
  readonly cards: ReadonlyMap<string, PlacedCard>;
  readonly groups: ReadonlyMap<string, PlacedGroup>;
}

export const emptyPlacement: Placement = {
  nodes: new Map(),
  boxes: new Map(),
  additions: 0,
  cards: new Map(),
  groups: new Map(),
};

export interface Size {
  readonly width: number;
  readonly height: number;
}

const card: Size = { width: cardWidth, height: cardHeight };

export function boxOf({ x, y }: Point, { width, height }: Size = card): Box {
  return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
}

/** Round all of them; null when there are none. */
export function union(boxes: Iterable<Box>): Box | null {
  const all = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const box of boxes) {
    all.left = Math.min(all.left, box.left);
    all.top = Math.min(all.top, box.top);
    all.right = Math.max(all.right, box.right);
    all.bottom = Math.max(all.bottom, box.bottom);
  }
  return all.left <= all.right ? all : null;
}

/** Round cards of the usual size; null when there are none. */
export function boundsOf(positions: Iterable<Point>): Box | null {
  return union([...positions].map((point) => boxOf(point)));
}

/** Round everything that is placed; null for an empty map. */
export function extentOf(placement: Placement): Box | null {
  return union([...placement.groups.values()].map((group) => group.box));
}
