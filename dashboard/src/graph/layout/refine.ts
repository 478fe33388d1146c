import { boxMiddles } from "./box-heights";
import type { Cells } from "./cells";
import { settleColumn, stackColumns } from "./coordinates";
import { straightCrossings } from "./crossings";
import type { Draft } from "./fresh";
import { at } from "./indexed";
import type { Inside } from "./inside";
import { orderedBy } from "./order";

/** Rounds of looking across groups. */
const rounds = 6;
/** Up to so many edges crossings are counted after each round, and the best round is kept. */
const countable = 500;

/** Orders and settles the cells again, now that it is known where the other groups are. */
export function refine(draft: Draft, inside: Inside, boxColumns: readonly number[][]): void {
  const { graph, cells } = draft;
  let middles = boxMiddles(draft, inside, boxColumns, null);
  if (graph.groupIds.length === 1 && graph.source.length > countable) return;
  const counted = graph.source.length <= countable;
  let fewest = counted ? straightCrossings(draft, inside, boxColumns, middles) : Infinity;
  let best = { columns: [...cells.columns], ys: draft.ys.slice() };
  for (let round = 0; round < rounds && fewest > 0; round++) {
    for (let g = 0; g < graph.groupIds.length; g++) reorder(draft, g, middles, round % 2 === 0);
    middles = boxMiddles(draft, inside, boxColumns, middles);
    if (!counted) continue;
    const count = straightCrossings(draft, inside, boxColumns, middles);
    if (count >= fewest) continue;
    fewest = count;
    best = { columns: [...cells.columns], ys: draft.ys.slice() };
  }
  if (!counted) return;
  for (const [c, column] of best.columns.entries()) cells.columns[c] = column;
  draft.ys.set(best.ys);
}

function reorder({ graph, cells, ys, reach }: Draft, g: number, middles: Float64Array, rightwards: boolean): void {
  const [first, end] = [at(cells.columnStart, g), at(cells.columnStart, g + 1)];
  for (let i = 0; i < end - first; i++) {
    const c = rightwards ? first + i : end - 1 - i;
    const column = cells.columns[c] as Int32Array;
    const wanted = Float64Array.from(column, (cell) => wantedHeight(cells, ys, cell, g, middles));
    cells.columns[c] = orderedBy(column, wanted);
  }
  // Heights anew from the order: else every cell would keep its old place.
  reach[g] = stackColumns(cells, graph.height, g, ys);
  for (let sweep = 0; sweep < 4; sweep++) {
    for (let i = 0; i < end - first; i++) {
      const c = sweep % 2 === 0 ? first + i : end - 1 - i;
      settleColumn(cells, graph.height, cells.columns[c] as Int32Array, ys, at(reach, g), middles);
    }
  }
}

function wantedHeight(cells: Cells, ys: Float64Array, cell: number, g: number, middles: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const links of [cells.left, cells.right]) {
    for (let k = at(links.start, cell); k < at(links.start, cell + 1); k++, count++) sum += at(ys, at(links.to, k));
  }
  for (let k = at(cells.far.start, cell); k < at(cells.far.start, cell + 1); k++, count++) {
    const other = at(cells.far.to, k);
    sum += at(ys, other) + at(middles, at(cells.group, other)) - at(middles, g);
  }
  return count === 0 ? at(ys, cell) : sum / count;
}
