import { boxRowGap, type Size } from "./geometry";
import type { GroupGraph } from "./group-graph";

/** Orders the boxes of each column by where the groups they have to do with stand. */
export function orderBoxes(graph: GroupGraph, columns: number[][], sizes: readonly Size[]): void {
  const middle = new Float64Array(graph.count);
  const wanted = new Float64Array(graph.count);
  const columnOf = new Int32Array(graph.count);
  for (const [c, column] of columns.entries()) for (const g of column) columnOf[g] = c;
  for (const column of columns) stack(column, sizes, middle);
  for (let sweep = 0; sweep < 8; sweep++) {
    for (let i = 0; i < columns.length; i++) {
      const c = sweep % 2 === 0 ? i : columns.length - 1 - i;
      const column = columns[c] as number[];
      for (const g of column) wanted[g] = barycentre(graph, g, columnOf, middle);
      column.sort((a, b) => (wanted[a] as number) - (wanted[b] as number) || a - b);
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
  for (const g of column) middle[g] = (middle[g] as number) - y / 2;
}

/** Of the groups in other columns. */
function barycentre(graph: GroupGraph, g: number, columnOf: Int32Array, middle: Float64Array): number {
  let sum = 0;
  let total = 0;
  const end = graph.start[g + 1] as number;
  for (let k = graph.start[g] as number; k < end; k++) {
    const other = graph.to[k] as number;
    if (columnOf[other] === columnOf[g]) continue;
    sum += (graph.weight[k] as number) * (middle[other] as number);
    total += graph.weight[k] as number;
  }
  return total === 0 ? (middle[g] as number) : sum / total;
}
