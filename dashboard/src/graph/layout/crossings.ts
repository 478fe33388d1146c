import type { Draft } from "./fresh";
import { boxLefts, type Inside } from "./inside";

/** How many edges cross when each is a straight line between its cards' centres; those of one card do not. */
export function straightCrossings(
  draft: Draft,
  inside: Inside,
  boxColumns: readonly number[][],
  middles: Float64Array,
): number {
  const { graph, cells, ys } = draft;
  const lefts = boxLefts(graph, inside, boxColumns);
  const x = new Float64Array(graph.ids.length);
  const y = new Float64Array(graph.ids.length);
  for (let node = 0; node < x.length; node++) {
    const c = cells.column[node] as number;
    if (c < 0) continue;
    const g = graph.group[node] as number;
    x[node] = (lefts[g] as number) + (inside.columnX[c] as number);
    y[node] = (middles[g] as number) + (ys[node] as number);
  }
  return countCrossings(graph.source, graph.target, x, y);
}

export function countCrossings(source: Int32Array, target: Int32Array, x: Float64Array, y: Float64Array): number {
  let count = 0;
  for (let e = 0; e < source.length; e++) {
    const [a, b] = [source[e] as number, target[e] as number];
    const [ax, ay, bx, by] = [x[a] as number, y[a] as number, x[b] as number, y[b] as number];
    for (let f = e + 1; f < source.length; f++) {
      const [c, d] = [source[f] as number, target[f] as number];
      if (a === c || a === d || b === c || b === d) continue;
      const [cx, cy, dx, dy] = [x[c] as number, y[c] as number, x[d] as number, y[d] as number];
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
