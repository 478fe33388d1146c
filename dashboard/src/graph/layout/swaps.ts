import { settleGroup, stackColumns } from "./coordinates";
import type { Draft } from "./fresh";
import { orderedBy, wantedHeight } from "./order";

/** So often all neighbours are tried. */
const passes = 3;

/**
 * Swaps neighbours of a column wherever fewer edges cross for it, until none does: what sweeps leave behind. Every try settles a
 * whole group, so it is for maps of a few dozen. `count` tells the crossings as things stand.
 */
export function swapNeighbours(draft: Draft, middles: Float64Array, fewest: number, count: () => number): void {
  const { graph, cells, ys } = draft;
  let least = fewest;
  for (let pass = 0; pass < passes && least > 0; pass++) {
    const before = least;
    for (let g = 0; g < graph.groupIds.length; g++) {
      for (let c = cells.columnStart[g] as number; c < (cells.columnStart[g + 1] as number); c++) {
        for (let i = 0; i + 1 < (cells.columns[c] as Int32Array).length && least > 0; i++) {
          const kept = [...cells.columns];
          const heights = ys.slice();
          const swapped = (cells.columns[c] as Int32Array).slice();
          [swapped[i], swapped[i + 1]] = [swapped[i + 1] as number, swapped[i] as number];
          cells.columns[c] = swapped;
          settle(draft, g, middles);
          let crossings = count();
          if (crossings >= least) {
            // Perhaps the other columns only have to follow.
            follow(draft, g, c, middles);
            crossings = count();
          }
          if (crossings < least) least = crossings;
          else {
            for (const [k, column] of kept.entries()) cells.columns[k] = column;
            ys.set(heights);
          }
        }
      }
    }
    if (least === before) return;
  }
}

function settle({ graph, cells, ys, reach }: Draft, g: number, middles: Float64Array): void {
  reach[g] = stackColumns(cells, graph.height, g, ys);
  settleGroup(cells, graph.height, g, ys, reach[g] as number, middles, 4);
}

/** Orders the other columns of the group by where their neighbours are now. */
function follow(draft: Draft, g: number, fixed: number, middles: Float64Array): void {
  const { cells, ys } = draft;
  for (let c = cells.columnStart[g] as number; c < (cells.columnStart[g + 1] as number); c++) {
    if (c === fixed) continue;
    const column = cells.columns[c] as Int32Array;
    const wanted = Float64Array.from(column, (cell) => wantedHeight(cells, ys, cell, g, middles));
    cells.columns[c] = orderedBy(column, wanted);
  }
  settle(draft, g, middles);
}
