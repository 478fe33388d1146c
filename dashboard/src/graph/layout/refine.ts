import { boxMiddles } from "./box-heights";
import type { Cells } from "./cells";
import { settleGroup, stackColumns } from "./coordinates";
import { straightCrossings } from "./crossings";
import { type Draft, effortFor } from "./fresh";
import { at } from "./indexed";
import type { Inside } from "./inside";
import { orderedBy } from "./order";

/** Up to so many edges crossings are counted after each round, and the best round is kept. */
const countable = 500;

/** Orders and settles the cells again, now that it is known where the other groups are. */
export function refine(draft: Draft, inside: Inside, boxColumns: readonly number[][]): void {
  const { graph, cells } = draft;
  let middles = boxMiddles(draft, inside, boxColumns, null);
  if (graph.groupIds.length === 1 && graph.source.length > countable) return;
  const { rounds, resettling } = effortFor(graph);
  const counted = graph.source.length <= countable;
  let fewest = counted ? straightCrossings(draft, inside, boxColumns, middles) : Infinity;
  let best = { columns: [...cells.columns], ys: draft.ys.slice() };
  for (let round = 0; round < rounds && fewest > 0; round++) {
    for (let g = 0; g < graph.groupIds.length; g++) reorder(draft, g, middles, round % 2 === 0, resettling);
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

function reorder(
  { graph, cells, ys, reach }: Draft,
  g: number,
  middles: Float64Array,
  rightwards: boolean,
  sweeps: number,
): void {
  const first = cells.columnStart[g] as number;
  const end = cells.columnStart[g + 1] as number;
  for (let i = 0; i < end - first; i++) {
    const c = rightwards ? first + i : end - 1 - i;
    const column = cells.columns[c] as Int32Array;
    const wanted = new Float64Array(column.length);
    for (let k = 0; k < column.length; k++) wanted[k] = wantedHeight(cells, ys, column[k] as number, g, middles);
    cells.columns[c] = orderedBy(column, wanted);
  }
  // Heights anew from the order: else every cell would keep its old place.
  reach[g] = stackColumns(cells, graph.height, g, ys);
  settleGroup(cells, graph.height, g, ys, reach[g] as number, middles, sweeps);
}

/** The mean height of all neighbours, as seen from the group. */
function wantedHeight(
  { left, right, far, group }: Cells,
  ys: Float64Array,
  cell: number,
  g: number,
  middles: Float64Array,
) {
  const count =
    (left.start[cell + 1] as number) -
    (left.start[cell] as number) +
    ((right.start[cell + 1] as number) - (right.start[cell] as number)) +
    ((far.start[cell + 1] as number) - (far.start[cell] as number));
  if (count === 0) return ys[cell] as number;
  let sum = 0;
  for (let k = left.start[cell] as number; k < (left.start[cell + 1] as number); k++)
    sum += at(ys, left.to[k] as number);
  for (let k = right.start[cell] as number; k < (right.start[cell + 1] as number); k++)
    sum += at(ys, right.to[k] as number);
  for (let k = far.start[cell] as number; k < (far.start[cell + 1] as number); k++) {
    const other = far.to[k] as number;
    sum += (ys[other] as number) + at(middles, group[other] as number) - (middles[g] as number);
  }
  return sum / count;
}
