import { boxRowGap, type Size } from "./geometry";
import type { GroupGraph } from "./group-graph";
import { at } from "./indexed";

/** Orders the boxes of each column by where the groups they have to do with stand. */
export function orderBoxes(graph: GroupGraph, columns: number[][], sizes: readonly Size[]): void {
  const middle = new Float64Array(graph.count);
  const columnOf = new Int32Array(graph.count);
  for (const [c, column] of columns.entries()) for (const g of column) columnOf[g] = c;
  for (const column of columns) stack(column, sizes, middle);
  for (let sweep = 0; sweep < 8; sweep++) {
    for (let i = 0; i < columns.length; i++) {
      const c = sweep % 2 === 0 ? i : columns.length - 1 - i;
      const column = columns[c] as number[];
      const wanted = new Map(column.map((g) => [g, barycentre(graph, g, columnOf, middle)]));
      column.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a - b);
      stack(column, sizes, middle);
    }
  }
}

function stack(column: readonly number[], sizes: readonly Size[], middle: Float64Array): void {
  let y = 0;
  for (const g of column) {
    const height = sizes[g]?.height ?? 0;
    middle[g] = y + height / 2;
    y += height + boxRowGap;
  }
  for (const g of column) middle[g] = at(middle, g) - y / 2;
}

function barycentre(graph: GroupGraph, g: number, columnOf: Int32Array, middle: Float64Array): number {
  let sum = 0;
  let total = 0;
  for (const links of [graph.out[g], graph.in[g]]) {
    for (const [other, weight] of links ?? []) {
      if (columnOf[other] === columnOf[g]) continue;
      sum += weight * at(middle, other);
      total += weight;
    }
  }
  return total === 0 ? at(middle, g) : sum / total;
}
