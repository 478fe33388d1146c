import { cardHeight, cardWidth, type Point } from "../layout/geometry";

/** An edge on its way through a column it does not end in: at which height it passes between the cards. */
export interface Passage {
  edgeId: string;
  x: number;
  y: number;
}

export interface Span {
  id: string;
  from: Point;
  to: Point;
}

/** Kept free above and below a card. */
const clearance = 7;
const spacing = 7;

/** For each edge the passages between its ends, from its source on. Edges that share a gap are laid side by side. */
export function findPassages(spans: readonly Span[], positions: Iterable<Point>): Map<string, Passage[]> {
  const columns = cardsByColumn(positions);
  const xs = [...columns.keys()].sort((a, b) => a - b);
  const byGap = new Map<string, Passage[]>();
  const byEdge = new Map<string, Passage[]>();
  for (const { id, from, to } of spans) {
    const between = xs.filter((x) => x > Math.min(from.x, to.x) && x < Math.max(from.x, to.x));
    if (from.x > to.x) between.reverse();
    const passages: Passage[] = [];
    let last: Point = from;
    for (const x of between) {
      const straight = last.y + ((to.y - last.y) * (x - last.x)) / (to.x - last.x);
      const gap = nearestGap(columns.get(x) ?? [], straight);
      const passage = { edgeId: id, x, y: Math.min(Math.max(straight, gap.top), gap.bottom) };
      passages.push(passage);
      const key = `${x}/${gap.top}`;
      byGap.set(key, [...(byGap.get(key) ?? []), passage]);
      last = passage;
    }
    byEdge.set(id, passages);
  }
  for (const passages of byGap.values()) {
    const first = passages[0] as Passage;
    layOut(passages, nearestGap(columns.get(first.x) ?? [], first.y));
  }
  return byEdge;
}

interface Gap {
  top: number;
  bottom: number;
}

function nearestGap(cards: readonly number[], y: number): Gap {
  let top = -Infinity;
  let best: Gap = { top: -Infinity, bottom: Infinity };
  let distance = Infinity;
  for (const bottom of [...cards.map((card) => card - cardHeight / 2 - clearance), Infinity]) {
    const away = y < top ? top - y : y > bottom ? y - bottom : 0;
    if (bottom >= top && away < distance) [best, distance] = [{ top, bottom }, away];
    top = bottom + cardHeight + 2 * clearance;
  }
  return best;
}

/** Spreads the edges of one gap around where they want to be, in the order that crosses least. */
function layOut(passages: Passage[], gap: Gap): void {
  if (passages.length < 2) return;
  passages.sort((a, b) => a.y - b.y || (a.edgeId < b.edgeId ? -1 : 1));
  const step = Math.min(spacing, (gap.bottom - gap.top) / (passages.length - 1));
  const height = step * (passages.length - 1);
  const middle = passages.reduce((sum, passage) => sum + passage.y, 0) / passages.length;
  const top = Math.min(Math.max(middle - height / 2, gap.top), gap.bottom - height);
  for (const [i, passage] of passages.entries()) passage.y = top + i * step;
}

function cardsByColumn(positions: Iterable<Point>): Map<number, number[]> {
  const columns = new Map<number, number[]>();
  for (const { x, y } of positions) columns.set(x, [...(columns.get(x) ?? []), y]);
  for (const cards of columns.values()) cards.sort((a, b) => a - b);
  return columns;
}

/** Half a card and a little: the edge runs level past it. */
export const levelRun = cardWidth / 2 + 6;
