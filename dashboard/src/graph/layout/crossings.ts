import type { Draft } from "./fresh";
import { at } from "./indexed";
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
    const c = at(cells.column, node);
    if (c < 0) continue;
    const g = at(graph.group, node);
    x[node] = at(lefts, g) + at(inside.columnX, c);
    y[node] = at(middles, g) + at(ys, node);
  }
  return countCrossings(graph.source, graph.target, x, y);
}

export function countCrossings(source: Int32Array, target: Int32Array, x: Float64Array, y: Float64Array): number {
  let count = 0;
  for (let e = 0; e < source.length; e++) {
    const [a, b] = [at(source, e), at(target, e)];
    const [ax, ay, bx, by] = [at(x, a), at(y, a), at(x, b), at(y, b)];
    for (let f = e + 1; f < source.length; f++) {
      const [c, d] = [at(source, f), at(target, f)];
      if (a === c || a === d || b === c || b === d) continue;
      const [cx, cy, dx, dy] = [at(x, c), at(y, c), at(x, d), at(y, d)];
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
