import type { Board } from "./board";
import { type Box, boxOf, columnGap, type LayoutNode, type PlacedGroup, type Point, rowGap, union } from "./geometry";
import { insets } from "./inside";
import { around, type Neighbours } from "./neighbours";
import { isFree, pushAside, pushCost } from "./push";
import { leastGap, nearestFree } from "./slots";

/** A column to the side is as bad as this far up or down. */
const columnCost = 200;
/** A column of another role is taken only before something would have to move. */
const laneCost = 5000;
/** A box grows only where it has no good place inside. */
const growthCost = 150;

interface Column {
  x: number;
  left: number;
  right: number;
  lane: number;
  cost: number;
}

interface Slot {
  point: Point;
  /** Of its group, with the new card in it. */
  box: Box;
  cost: number;
}

/** Puts a node into the box of its group, where its neighbours want it and nothing has to move. */
export function addNode(
  board: Board,
  node: LayoutNode,
  laneById: ReadonlyMap<string, number>,
  neighbours: Neighbours,
): void {
  const { framed, box } = board.groups.get(node.group) as PlacedGroup;
  const frame = insets(framed);
  const members = [...board.members(node.group)].map((id) => board.cardBox(id)).sort((a, b) => a.top - b.top);
  const inner = {
    left: box.left + frame.left,
    top: box.top + frame.top,
    right: box.right - frame.right,
    bottom: box.bottom - frame.bottom,
  };
  const columns = columnsFor(board, node, inner, laneById, neighbours);
  const known = around(neighbours, node.id).flatMap((id) => board.nodes.get(id)?.y ?? []);
  const wanted = known.length > 0 ? mean(known) : (inner.top + inner.bottom) / 2;

  let best: Slot | null = null;
  let pushing: Slot | null = null;
  let leastPush = Infinity;
  for (const column of columns.sort((a, b) => a.cost - b.cost)) {
    if (best && column.cost >= best.cost) break;
    for (const slot of slotsIn(column, members, inner, node, wanted)) {
      slot.box = union([box, outset(boxOf(slot.point, node), frame)]) as Box;
      const grows =
        slot.box.left < box.left ||
        slot.box.top < box.top ||
        slot.box.right > box.right ||
        slot.box.bottom > box.bottom;
      slot.cost += grows ? growthCost : 0;
      if (best && slot.cost >= best.cost) continue;
      if (!grows || isFree(board, node.group, slot.box)) best = slot;
      else if (!best) {
        const push = pushCost(board, node.group, slot.box);
        if (push < leastPush) [pushing, leastPush] = [slot, push];
      }
    }
  }
  const slot = (best ?? pushing) as Slot;
  if (!best) pushAside(board, node.group, slot.box);
  board.put(node, slot.point);
  board.resize(node.group, slot.box);
}

/** Free places of a column: inside the box with the usual gaps, with small ones, and beyond the box. */
function* slotsIn(
  column: Column,
  members: readonly Box[],
  inner: Box,
  node: LayoutNode,
  wanted: number,
): Generator<Slot> {
  const left = column.x - node.width / 2 - leastGap;
  const right = column.x + node.width / 2 + leastGap;
  const obstacles = members.filter((card) => card.left < right && card.right > left);
  const everywhere = { top: -Infinity, bottom: Infinity };
  const below = { top: Math.max(inner.bottom, ...obstacles.slice(-1).map((card) => card.bottom)), bottom: Infinity };
  const above = { top: -Infinity, bottom: inner.top };
  for (const room of [inner, everywhere, below, above]) {
    for (const gap of [rowGap, leastGap]) {
      const y = nearestFree(obstacles, room, node.height, gap, wanted);
      if (y === null) continue;
      const point = { x: column.x, y: Math.round(y) };
      const squeezed = gap < rowGap ? 20 : 0;
      yield { point, box: inner, cost: column.cost + Math.abs(y - wanted) + squeezed };
    }
  }
}

/** The columns of the box and one to either side, with how little each suits the node. */
function columnsFor(
  board: Board,
  node: LayoutNode,
  inner: Box,
  laneById: ReadonlyMap<string, number>,
  neighbours: Neighbours,
): Column[] {
  const byX = new Map<number, Column>();
  for (const id of board.members(node.group)) {
    const { left, right } = board.cardBox(id);
    const x = (left + right) / 2;
    const lane = laneById.get(id) ?? 1;
    const column = byX.get(x);
    if (!column) byX.set(x, { x, left, right, lane, cost: 0 });
    else [column.left, column.right] = [Math.min(column.left, left), Math.max(column.right, right)];
  }
  const columns = [...byX.values()].sort((a, b) => a.x - b.x);
  const first = columns[0] as Column;
  const last = columns.at(-1) as Column;
  // Beside the box a column has the node's role, if that keeps the roles in order.
  const beside = (x: number, fits: boolean): Column => {
    return { x, left: x - node.width / 2, right: x + node.width / 2, lane: fits ? node.lane : -1, cost: 0 };
  };
  const atLeft = Math.min(first.left, inner.left) - columnGap - node.width / 2;
  const atRight = last.right + columnGap + node.width / 2;
  columns.unshift(beside(inLine(board, atLeft, node.width, -1), node.lane <= first.lane));
  columns.push(beside(inLine(board, atRight, node.width, 1), node.lane >= last.lane));

  const indexOf = (id: string) => columns.findIndex((column) => column.x === board.nodes.get(id)?.x);
  const inGroup = (ids: readonly string[] = []) => ids.filter((id) => board.members(node.group).has(id));
  const callers = inGroup(neighbours.callers.get(node.id)).map(indexOf);
  const callees = inGroup(neighbours.callees.get(node.id)).map(indexOf);
  let wanted = columns.findIndex((column) => column.lane === node.lane && byX.has(column.x));
  if (callers.length > 0) wanted = Math.max(...callers) + 1;
  else if (callees.length > 0) wanted = Math.min(...callees) - 1;
  if (wanted < 0) wanted = node.lane >= last.lane ? columns.length - 1 : 0;
  for (const [i, column] of columns.entries()) {
    column.cost = columnCost * Math.abs(i - wanted) + (column.lane === node.lane ? 0 : laneCost);
  }
  return columns;
}

/** A new column's x, moved on to this side until it is in line with the columns of other boxes that it would overlap. */
function inLine(board: Board, start: number, width: number, side: 1 | -1): number {
  let x = start;
  for (let moved = true; moved; ) {
    moved = false;
    for (const [id, point] of board.nodes) {
      const reach = ((board.cards.get(id)?.width ?? 0) + width) / 2 + leastGap;
      const ahead = (point.x - x) * side;
      if (ahead === 0 || Math.abs(ahead) >= reach) continue;
      x = ahead > 0 ? point.x : point.x + side * reach;
      moved = true;
    }
  }
  return x;
}

function outset(box: Box, frame: ReturnType<typeof insets>): Box {
  return {
    left: box.left - frame.left,
    top: box.top - frame.top,
    right: box.right + frame.right,
    bottom: box.bottom + frame.bottom,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
