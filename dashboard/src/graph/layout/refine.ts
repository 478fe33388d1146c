import { boxMiddles } from "./box-heights";
import { settleGroup, stackColumns } from "./coordinates";
import { crossingsNow, segmentsOf } from "./crossings";
import type { Draft } from "./fresh";
import { bySize } from "./indexed";
import type { Inside } from "./inside";
import { orderedBy, wantedHeight } from "./order";
import { swapNeighbours } from "./swaps";

/** Up to so many edges crossings are counted after each round, and the best round is kept. */
const countable = 260;

/** Orders and settles the cells again, now that it is known where the other groups are. */
export function refine(draft: Draft, inside: Inside, boxColumns: readonly number[][]): void {
  const { graph, cells } = draft;
  let middles = boxMiddles(draft, inside, boxColumns, null);
  if (graph.groupIds.length === 1 && graph.source.length > countable) return;
  const { rounds, resettling, swaps } = bySize(graph);
  const segments = graph.source.length <= countable ? segmentsOf(draft, inside, boxColumns) : null;
  let fewest = segments ? crossingsNow(draft, segments, middles) : Infinity;
  let best = { columns: [...cells.columns], ys: draft.ys.slice() };
  for (let round = 0; round < rounds && fewest > 0; round++) {
    for (let g = 0; g < graph.groupIds.length; g++) reorder(draft, g, middles, round % 2 === 0, resettling);
    middles = boxMiddles(draft, inside, boxColumns, middles);
    if (!segments) continue;
    const count = crossingsNow(draft, segments, middles);
    if (count >= fewest) continue;
    fewest = count;
    best = { columns: [...cells.columns], ys: draft.ys.slice() };
  }
  if (!segments) return;
  for (const [c, column] of best.columns.entries()) cells.columns[c] = column;
  draft.ys.set(best.ys);
  if (!swaps) return;
  middles = boxMiddles(draft, inside, boxColumns, null);
  const now = () => crossingsNow(draft, segments, middles);
  swapNeighbours(draft, middles, now(), now);
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
