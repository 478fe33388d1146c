import type { Board } from "./board";
import { type Box, boxRowGap } from "./geometry";

/** Later boxes may stand as near as this to others. */
export const leastBoxGap = 24;

/** Boxes move up or down only: so the cards of a column of boxes stay in line, and lines find their way between them. */
const directions = [1, -1] as const;

/** True when nothing but the group itself is within the least gap. */
export function isFree(board: Board, id: string, box: Box): boolean {
  for (const [other, group] of board.groups) if (other !== id && near(box, group.box, leastBoxGap)) return false;
  return true;
}

/** Makes room for a box: what it covers moves out of its way, all up or all down, whichever moves less. */
export function pushAside(board: Board, id: string, box: Box): void {
  for (const [other, dy] of shiftsFor(board, id, box).shifts) board.move(other, 0, dy);
}

/** How much would have to move. */
export function pushCost(board: Board, id: string, box: Box): number {
  return shiftsFor(board, id, box).cost;
}

/** Makes a box's column of boxes wider: everything to the right of it moves along, so that all columns stay as they are. */
export function widenColumn(board: Board, was: Box, right: number): void {
  const others = [...board.groups];
  const column = others.filter(([, { box }]) => box.left < was.right && box.right > was.left);
  const columnRight = Math.max(was.right, ...column.map(([, { box }]) => box.right));
  if (right <= columnRight) return;
  for (const [id, { box }] of others) if (box.left >= columnRight) board.move(id, right - columnRight, 0);
}

function shiftsFor(board: Board, id: string, box: Box): { shifts: Map<string, number>; cost: number } {
  let best = { shifts: new Map<string, number>(), cost: Infinity };
  for (const direction of directions) {
    const shifts = cascade(board, id, box, direction);
    let cost = 0;
    for (const [other, dy] of shifts) cost += Math.abs(dy) * (board.members(other).size + 2);
    if (cost < best.cost) best = { shifts, cost };
  }
  return best;
}

/** Who is covered moves just past; who is then covered by them likewise. All move one way, so it ends. */
function cascade(board: Board, id: string, box: Box, direction: 1 | -1): Map<string, number> {
  const now = new Map<string, Box>([...board.groups].map(([other, group]) => [other, group.box]));
  now.set(id, box);
  const shifts = new Map<string, number>();
  const pushers = [id];
  for (let by = pushers.pop(); by !== undefined; by = pushers.pop()) {
    const pusher = now.get(by) as Box;
    for (const [other, pushed] of now) {
      if (other === by || other === id || !near(pusher, pushed, leastBoxGap)) continue;
      const dy = direction > 0 ? pusher.bottom + boxRowGap - pushed.top : pusher.top - boxRowGap - pushed.bottom;
      now.set(other, { ...pushed, top: pushed.top + dy, bottom: pushed.bottom + dy });
      shifts.set(other, (shifts.get(other) ?? 0) + dy);
      pushers.push(other);
    }
  }
  return shifts;
}

export function near(a: Box, b: Box, gap: number): boolean {
  return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap && b.top < a.bottom + gap;
}
