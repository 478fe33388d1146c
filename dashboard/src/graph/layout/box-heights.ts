import { spread } from "./coordinates";
import type { Draft } from "./fresh";
import { boxRowGap } from "./geometry";
import { pullOf } from "./group-graph";
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
  const { graph, groups, cells, ys } = draft;
  const count = graph.groupIds.length;
  const tops = new Float64Array(count);
  const bottoms = new Float64Array(count);
  for (let g = 0; g < count; g++) {
    const { top, bottom } = verticalExtent(graph, cells, inside, g, ys);
    tops[g] = top;
    bottoms[g] = bottom + (extra ? (extra[g] as number) : 0);
  }
  const middles = before ? before.slice() : new Float64Array(count);
  const gapsOf = (column: readonly number[]) =>
    Float64Array.from(column, (g, i) =>
      i === 0 ? 0 : (bottoms[column[i - 1] as number] as number) + boxRowGap - (tops[g] as number),
    );
  const gaps = boxColumns.map(gapsOf);
  const heights = boxColumns.map((column, c) => {
    const between = (gaps[c] as Float64Array).reduce((sum, gap) => sum + gap, 0);
    return between - (tops[column[0] as number] as number) + (bottoms[column.at(-1) as number] as number);
  });
  const reach = (Math.max(...heights) * looseness) / 2;
  if (!before)
    for (const [c, column] of boxColumns.entries()) stack(column, gaps[c] as Float64Array, tops, bottoms, middles);
  const offsets = offsetsOf(draft);
  const sweeps = graph.ids.length > 600 ? 3 : 8;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < boxColumns.length; i++) {
      const c = sweep % 2 === 0 ? i : boxColumns.length - 1 - i;
      const column = boxColumns[c] as number[];
      const weights = new Float64Array(column.length);
      const wanted = new Float64Array(column.length);
      for (const [k, g] of column.entries()) {
        const pull = pullOf(groups, g, middles);
        weights[k] = pull.weight === 0 ? 0.1 : pull.weight;
        wanted[k] = pull.weight === 0 ? (middles[g] as number) : (pull.sum + (offsets[g] as number)) / pull.weight;
      }
      const highest = -reach - (tops[column[0] as number] as number);
      const lowest = reach - (bottoms[column.at(-1) as number] as number);
      spread(wanted, weights, gaps[c] as Float64Array, highest, lowest);
      for (const [k, g] of column.entries()) middles[g] = wanted[k] as number;
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
    y = k === 0 ? -(tops[g] as number) : y + (gaps[k] as number);
    middles[g] = y;
  }
  const height = y + (bottoms[column.at(-1) as number] as number);
  for (const g of column) middles[g] = (middles[g] as number) - height / 2;
}

/** By how much the other ends of each group's edges to others lie lower in their groups than its own ends, in all. */
function offsetsOf({ graph, cells: { far, group }, ys }: Draft): Float64Array {
  const offsets = new Float64Array(graph.groupIds.length);
  for (let cell = 0; cell < group.length; cell++) {
    const end = far.start[cell + 1] as number;
    let offset = 0;
    for (let k = far.start[cell] as number; k < end; k++) {
      offset += (ys[far.to[k] as number] as number) - (ys[cell] as number);
    }
    if (offset !== 0) offsets[group[cell] as number] = (offsets[group[cell] as number] as number) + offset;
  }
  return offsets;
}
