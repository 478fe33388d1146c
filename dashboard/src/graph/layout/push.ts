import type { Board } from "./board";
import { type Box, boxRowGap } from "./geometry";

/** Later boxes may stand as near as this to others. */
export const leastBoxGap = 24;

type Direction = { dx: 0 | 1 | -1; dy: 0 | 1 | -1 };
const directions: readonly Direction[] = [
  { dx: 0, dy: 1 },
  { dx: 1, dy: 0 },
  { dx: 0, dy: -1 },
  { dx: -1, dy: 0 },
];

/** True when nothing but the group itself is within the least gap. */
export function isFree(board: Board, id: string, box: Box): boolean {
  for (const [other, group] of board.groups) if (other !== id && near(box, group.box, leastBoxGap)) return false;
  return true;
}

/** Makes room for a box: what it covers moves out of its way, all in one direction, the one that moves least. */
export function pushAside(board: Board, id: string, box: Box): void {
  for (const [other, { dx, dy }] of shiftsFor(board, id, box).shifts) board.move(other, dx, dy);
}

/** How much would have to move. */
export function pushCost(board: Board, id: string, box: Box): number {
  return shiftsFor(board, id, box).cost;
}

interface Shift {
  dx: number;
  dy: number;
}

function shiftsFor(board: Board, id: string, box: Box): { shifts: Map<string, Shift>; cost: number } {
  let best = { shifts: new Map<string, Shift>(), cost: Infinity };
  for (const direction of directions) {
    const shifts = cascade(board, id, box, direction);
    let cost = 0;
    for (const [other, { dx, dy }] of shifts) cost += (Math.abs(dx) + Math.abs(dy)) * (board.members(other).size + 2);
    if (cost < best.cost) best = { shifts, cost };
  }
  return best;
}

/** Who is covered moves just past; who is then covered by them likewise. All move one way, so it ends. */
function cascade(board: Board, id: string, box: Box, { dx, dy }: Direction): Map<string, Shift> {
  const now = new Map<string, Box>([...board.groups].map(([other, group]) => [other, group.box]));
  now.set(id, box);
  const shifts = new Map<string, Shift>();
  const pushers = [id];
  for (let by = pushers.pop(); by !== undefined; by = pushers.pop()) {
    const pusher = now.get(by) as Box;
    for (const [other, pushed] of now) {
      if (other === by || other === id || !near(pusher, pushed, leastBoxGap)) continue;
      let step = 0;
      if (dy > 0) step = pusher.bottom + boxRowGap - pushed.top;
      else if (dy < 0) step = pushed.bottom + boxRowGap - pusher.top;
      else if (dx > 0) step = pusher.right + boxRowGap - pushed.left;
      else step = pushed.right + boxRowGap - pusher.left;
      now.set(other, shifted(pushed, dx * step, dy * step));
      const sum = shifts.get(other) ?? { dx: 0, dy: 0 };
      shifts.set(other, { dx: sum.dx + dx * step, dy: sum.dy + dy * step });
      pushers.push(other);
    }
  }
  return shifts;
}

function shifted({ left, top, right, bottom }: Box, dx: number, dy: number): Box {
  return { left: left + dx, top: top + dy, right: right + dx, bottom: bottom + dy };
}

export function near(a: Box, b: Box, gap: number): boolean {
  return a.left < b.right + gap && b.left < a.right + gap && a.top < b.bottom + gap && b.top < a.bottom + gap;
}
