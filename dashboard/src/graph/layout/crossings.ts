import type { Cells } from "./cells";
import type { Draft } from "./fresh";
import { bySize } from "./indexed";
import { boxLefts, type Inside } from "./inside";

/** The pairs of cells between which lines are drawn straight when crossings are counted. */
export interface Segments {
  from: Int32Array;
  to: Int32Array;
}

/** In small maps each edge by the places it passes, as it will be drawn; in others from card to card. */
export function segmentsOf({ graph, cells }: Draft): Segments {
  if (!bySize(graph).passesBoxes) return { from: graph.source, to: graph.target };
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
  return { from: Int32Array.from(from), to: Int32Array.from(to) };
}

/** How many of the segments cross; those that end in one cell do not. */
export function crossingsNow(
  { graph, cells, ys }: Draft,
  segments: Segments,
  inside: Inside,
  boxColumns: readonly number[][],
  middles: Float64Array,
): number {
  const lefts = boxLefts(graph, inside, boxColumns);
  const x = new Float64Array(cells.column.length);
  const y = new Float64Array(cells.column.length);
  for (let cell = 0; cell < x.length; cell++) {
    const c = cells.column[cell] as number;
    if (c < 0) continue;
    const g = cells.group[cell] as number;
    x[cell] = (lefts[g] as number) + (inside.columnX[c] as number);
    y[cell] = (middles[g] as number) + (ys[cell] as number);
  }
  return countCrossings(segments.from, segments.to, x, y);
}

export function countCrossings(source: Int32Array, target: Int32Array, x: Float64Array, y: Float64Array): number {
  let count = 0;
  for (let e = 0; e < source.length; e++) {
    const a = source[e] as number;
    const b = target[e] as number;
    const ax = x[a] as number;
    const ay = y[a] as number;
    const bx = x[b] as number;
    const by = y[b] as number;
    const low = Math.min(ax, bx);
    const high = Math.max(ax, bx);
    for (let f = e + 1; f < source.length; f++) {
      const c = source[f] as number;
      const d = target[f] as number;
      const cx = x[c] as number;
      const dx = x[d] as number;
      if ((cx <= low && dx <= low && low < high) || (cx >= high && dx >= high && low < high)) continue;
      if (a === c || a === d || b === c || b === d) continue;
      const cy = y[c] as number;
      const dy = y[d] as number;
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
