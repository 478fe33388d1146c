import type { Cells } from "./cells";
import type { Draft } from "./fresh";
import { bySize } from "./indexed";
import { boxLefts, type Inside } from "./inside";

/** The pairs of cells between which lines are drawn straight when crossings are counted, and where every cell stands from left to right. */
export interface Segments {
  from: Int32Array;
  to: Int32Array;
  x: Float64Array;
}

/** In small maps each edge by the places it passes, as it will be drawn; in others from card to card. */
export function segmentsOf({ graph, cells }: Draft, inside: Inside, boxColumns: readonly number[][]): Segments {
  const lefts = boxLefts(graph, inside, boxColumns);
  const x = new Float64Array(cells.column.length);
  for (let cell = 0; cell < x.length; cell++) {
    const c = cells.column[cell] as number;
    if (c >= 0) x[cell] = (lefts[cells.group[cell] as number] as number) + (inside.columnX[c] as number);
  }
  if (!bySize(graph).passesBoxes) return segmentsBetween(graph.source, graph.target, x);
  const from: number[] = [];
  const to: number[] = [];
  const add = ({ start, to: others }: Cells["right"], wanted: (cell: number, other: number) => boolean) => {
    for (let cell = 0; cell < cells.column.length; cell++) {
      for (let k = start[cell] as number; k < (start[cell + 1] as number); k++) {
        const other = others[k] as number;
        if (wanted(cell, other)) from.push(cell) && to.push(other);
      }
    }
  };
  add(cells.right, () => true);
  add(cells.far, (cell, other) => cell < other);
  return segmentsBetween(Int32Array.from(from), Int32Array.from(to), x);
}

/** How many of the segments cross; those that end in one cell do not. */
export function crossingsNow({ cells, ys }: Draft, segments: Segments, middles: Float64Array): number {
  const y = new Float64Array(cells.column.length);
  for (let cell = 0; cell < y.length; cell++) {
    if ((cells.column[cell] as number) < 0) continue;
    y[cell] = (middles[cells.group[cell] as number] as number) + (ys[cell] as number);
  }
  return countCrossings(segments, y);
}

/** Sorted by where they begin on the left, so that each is compared only with those that begin before it ends. */
export function segmentsBetween(source: Int32Array, target: Int32Array, x: Float64Array): Segments {
  const left = (e: number) => Math.min(x[source[e] as number] as number, x[target[e] as number] as number);
  const order = Array.from(source, (_, e) => e).sort((a, b) => left(a) - left(b) || a - b);
  const from = Int32Array.from(order, (e) => source[e] as number);
  const to = Int32Array.from(order, (e) => target[e] as number);
  return { from, to, x };
}

export function countCrossings({ from, to, x }: Segments, y: Float64Array): number {
  let count = 0;
  for (let e = 0; e < from.length; e++) {
    const a = from[e] as number;
    const b = to[e] as number;
    const ax = x[a] as number;
    const ay = y[a] as number;
    const bx = x[b] as number;
    const by = y[b] as number;
    const high = Math.max(ax, bx);
    const low = Math.min(ay, by);
    const deep = Math.max(ay, by);
    for (let f = e + 1; f < from.length; f++) {
      const c = from[f] as number;
      const d = to[f] as number;
      const cx = x[c] as number;
      const dx = x[d] as number;
      if (cx >= high && dx >= high) {
        if (cx > high && dx > high) break;
        if (ax !== bx) continue;
      }
      const cy = y[c] as number;
      const dy = y[d] as number;
      if ((cy < low && dy < low) || (cy > deep && dy > deep)) continue;
      if (a === c || a === d || b === c || b === d) continue;
      const one = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
      const two = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax);
      if (one * two >= 0) continue;
      const three = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx);
      const four = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx);
      if (three * four < 0) count++;
    }
  }
  return count;
}
