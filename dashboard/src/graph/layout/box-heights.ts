import { spread } from "./coordinates";
import type { Draft } from "./fresh";
import { boxRowGap } from "./geometry";
import { at } from "./indexed";
import { type Inside, verticalExtent } from "./inside";

/** The map may be so much higher than its fullest column for the sake of level edges. */
const looseness = 1.08;

/**
 * Where the middle of each group stands (the height its cells count from): boxes of a column in their order, never closer than
 * allowed, near the groups they have to do with. `extra` is room kept free below a group.
 */
export function boxMiddles(
  draft: Draft,
  inside: Inside,
  boxColumns: readonly number[][],
  before: Float64Array | null,
  extra?: Float64Array,
): Float64Array {
  const { graph, cells, ys } = draft;
  const count = graph.groupIds.length;
  const tops = new Float64Array(count);
  const bottoms = new Float64Array(count);
  for (let g = 0; g < count; g++) {
    const { top, bottom } = verticalExtent(graph, cells, inside, g, ys);
    tops[g] = top;
    bottoms[g] = bottom + (extra ? at(extra, g) : 0);
  }
  const middles = before ? before.slice() : new Float64Array(count);
  const gapsOf = (column: readonly number[]) =>
    Float64Array.from(column, (g, i) => (i === 0 ? 0 : at(bottoms, column[i - 1] as number) + boxRowGap - at(tops, g)));
  const gaps = boxColumns.map(gapsOf);
  const heights = boxColumns.map((column, c) => {
    const between = (gaps[c] as Float64Array).reduce((sum, gap) => sum + gap, 0);
    return between - at(tops, column[0] as number) + at(bottoms, column.at(-1) as number);
  });
  const reach = (Math.max(...heights) * looseness) / 2;
  if (!before)
    for (const [c, column] of boxColumns.entries()) stack(column, gaps[c] as Float64Array, tops, bottoms, middles);
  for (let sweep = 0; sweep < 8; sweep++) {
    for (let i = 0; i < boxColumns.length; i++) {
      const c = sweep % 2 === 0 ? i : boxColumns.length - 1 - i;
      const column = boxColumns[c] as number[];
      const weights = new Float64Array(column.length);
      const wanted = Float64Array.from(column, (g, k) => {
        const { sum, weight } = pullOf(draft, g, middles);
        weights[k] = weight === 0 ? 0.1 : weight;
        return weight === 0 ? at(middles, g) : sum / weight;
      });
      const highest = -reach - at(tops, column[0] as number);
      const lowest = reach - at(bottoms, column.at(-1) as number);
      spread(wanted, weights, gaps[c] as Float64Array, highest, lowest);
      for (const [k, g] of column.entries()) middles[g] = at(wanted, k);
    }
  }
  return middles;
}

function stack(
  column: readonly number[],
  gaps: Float64Array,
  tops: Float64Array,
  bottoms: Float64Array,
  middles: Float64Array,
) {
  let y = 0;
  for (const [k, g] of column.entries()) {
    y = k === 0 ? -at(tops, g) : y + at(gaps, k);
    middles[g] = y;
  }
  const height = y + at(bottoms, column.at(-1) as number);
  for (const g of column) middles[g] = at(middles, g) - height / 2;
}

/** Where the group would have to be for its edges to other groups to run level. */
function pullOf({ cells, ys }: Draft, g: number, middles: Float64Array): { sum: number; weight: number } {
  let sum = 0;
  let weight = 0;
  for (let c = at(cells.columnStart, g); c < at(cells.columnStart, g + 1); c++) {
    for (const cell of cells.columns[c] as Int32Array) {
      for (let k = at(cells.far.start, cell); k < at(cells.far.start, cell + 1); k++, weight++) {
        const other = at(cells.far.to, k);
        sum += at(middles, at(cells.group, other)) + at(ys, other) - at(ys, cell);
      }
    }
  }
  return { sum, weight };
}
