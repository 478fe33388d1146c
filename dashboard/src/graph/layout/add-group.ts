import type { Board } from "./board";
import { freshPlacement } from "./fresh";
import { type Box, boxColumnGap, boxRowGap, type LayoutGraph, type PlacedGroup, union } from "./geometry";
import { insets } from "./inside";
import { around, type Neighbours } from "./neighbours";
import { isFree, pushAside, widenColumn } from "./push";
import { nearestFree } from "./slots";

/** How much making the map higher counts against a place near the neighbours. */
const growthCost = 2;

/**
 * Puts a group that was not on the map into a free place of its lane. What a group was before with its frame or without (it is
 * opened or collapsed) stays where it was, and there others make room.
 */
export function addGroup(board: Board, alone: LayoutGraph, neighbours: Neighbours, was: PlacedGroup | undefined): void {
  const placement = freshPlacement(alone);
  const id = alone.groups[0]?.id ?? "";
  const group = placement.groups.get(id) as PlacedGroup;
  const { left, top, right, bottom } = group.box;
  const [width, height] = [right - left, bottom - top];
  if (was) {
    // The first card stays in its column whether a frame is round it or not.
    const x = was.box.left + insets(was.framed).left - insets(group.framed).left;
    const box = { left: x, top: was.box.top, right: x + width, bottom: was.box.top + height };
    if (was.framed !== group.framed) {
      widenColumn(board, was.box, box.right);
      pushAside(board, id, box);
    }
    if (isFree(board, id, box)) {
      board.putGroup(id, placement, box.left, box.top);
      return;
    }
  }
  const place = freePlace(board, group, width, height, wantedHeight(board, alone, neighbours));
  board.putGroup(id, placement, place.left, place.top);
}

function wantedHeight(board: Board, alone: LayoutGraph, neighbours: Neighbours): number | null {
  const known = alone.nodes.flatMap(({ id }) =>
    around(neighbours, id).flatMap((other) => board.nodes.get(other)?.y ?? []),
  );
  return known.length === 0 ? null : known.reduce((sum, y) => sum + y, 0) / known.length;
}

/** The best free place in the columns of its lane, or in a new one at the map's end. */
function freePlace(board: Board, { lane, framed }: PlacedGroup, width: number, height: number, wanted: number | null) {
  const all = [...board.groups.values()];
  const extent = union(all.map((group) => group.box));
  if (!extent) return { left: 0, top: 0 };
  const inset = insets(framed).left;
  const middle = wanted ?? (extent.top + extent.bottom) / 2;
  let best = { left: 0, top: 0, cost: Infinity };
  for (const left of columnsOf(all, lane, extent, width).map((x) => x - inset)) {
    const obstacles = all
      .map((group) => group.box)
      .filter((box) => box.left < left + width + boxRowGap && box.right > left - boxRowGap)
      .sort((a, b) => a.top - b.top);
    const y = nearestFree(obstacles, { top: -Infinity, bottom: Infinity }, height, boxRowGap, middle) ?? 0;
    const top = Math.round(y - height / 2);
    const higher = Math.max(0, extent.top - top) + Math.max(0, top + height - extent.bottom);
    const wider = Math.max(0, left + width - extent.right) + Math.max(0, extent.left - left);
    // In a map that is too wide already, width counts for more than height.
    const widthCost = (extent.right - extent.left) / Math.max(1, extent.bottom - extent.top) > 16 / 9 ? 2 : 0.5;
    const cost = Math.abs(y - middle) + growthCost * (higher + widthCost * wider);
    if (cost < best.cost) best = { left, top, cost };
  }
  return best;
}

/** Where the first cards of the lane's columns begin. */
function columnsOf(all: readonly PlacedGroup[], lane: number, extent: Box, width: number): number[] {
  const own = new Set(
    all.filter((group) => group.lane === lane).map(({ box, framed }) => box.left + insets(framed).left),
  );
  const isLast = all.every((group) => group.lane <= lane);
  const isFirst = all.every((group) => group.lane >= lane);
  const atRight = extent.right + boxColumnGap + insets(true).left;
  if (own.size > 0) return isLast ? [...own, atRight] : [...own];
  if (isLast) return [atRight];
  if (isFirst) return [extent.left - boxColumnGap - width + insets(true).left];
  // Between two lanes is no room for another: it stands above or below where it would be.
  const before = Math.max(...all.filter((group) => group.lane < lane).map((group) => group.box.right));
  return [before + boxColumnGap + insets(true).left];
}
