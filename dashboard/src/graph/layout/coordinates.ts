import type { Cells, Links } from "./cells";
import { rowGap } from "./geometry";

/** Distance of two passing edges. */
const passingStep = 14;
/** A bend in a long edge is seen more than a node off the middle of its neighbours. */
const passingPull = 4;
/** A group may be so much higher than its fullest column for the sake of straight edges. */
const slack = 1.15;

/** Least distance of the centres of two cells of a column. */
function distance(cells: Cells, heights: Float64Array, a: number, b: number): number {
  if (a >= cells.nodes && b >= cells.nodes) return passingStep;
  return (half(cells, heights, a) + half(cells, heights, b)) / 2;
}

function half(cells: Cells, heights: Float64Array, cell: number): number {
  return cell < cells.nodes ? (heights[cell] as number) + rowGap : 0;
}

/** Stacks each column of a group round its middle, and returns how far from the middle cells may go. */
export function stackColumns(cells: Cells, heights: Float64Array, group: number, ys: Float64Array): number {
  let tallest = 0;
  for (let c = cells.columnStart[group] as number; c < (cells.columnStart[group + 1] as number); c++) {
    const column = cells.columns[c] as Int32Array;
    let y = 0;
    for (let i = 0; i < column.length; i++) {
      if (i > 0) y += distance(cells, heights, column[i - 1] as number, column[i] as number);
      ys[column[i] as number] = y;
    }
    for (const cell of column) ys[cell] = (ys[cell] as number) - y / 2;
    tallest = Math.max(tallest, y);
  }
  return (tallest * slack) / 2;
}

/** Settles all columns of a group, from left to right and back again, so many times. */
export function settleGroup(
  cells: Cells,
  heights: Float64Array,
  group: number,
  ys: Float64Array,
  reach: number,
  middles: Float64Array | null,
  sweeps: number,
): void {
  const first = cells.columnStart[group] as number;
  const end = cells.columnStart[group + 1] as number;
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < end - first; i++) {
      const column = cells.columns[sweep % 2 === 0 ? first + i : end - 1 - i] as Int32Array;
      settleColumn(cells, heights, column, ys, reach, middles);
    }
  }
}

/**
 * Moves the cells of a column near their neighbours, in the given order, never closer than allowed, at most `reach` from the
 * middle. With `middles`, the heights of the groups, neighbours in other groups pull too.
 */
function settleColumn(
  cells: Cells,
  heights: Float64Array,
  column: Int32Array,
  ys: Float64Array,
  reach: number,
  middles: Float64Array | null,
): void {
  const count = column.length;
  if (count > scratch.wanted.length) scratch = scratchFor(2 * count);
  const { wanted, weights, gaps } = scratch;
  for (let i = 0; i < count; i++) {
    const cell = column[i] as number;
    pulled = 0;
    pull = 0;
    pullBy(cells, cell, cells.left, ys, null);
    pullBy(cells, cell, cells.right, ys, null);
    if (middles) pullBy(cells, cell, cells.far, ys, middles);
    // A weak pull to where it is keeps nodes without neighbours in line.
    wanted[i] = pull === 0 ? (ys[cell] as number) : pulled / pull;
    weights[i] = pull === 0 ? 0.1 : pull;
    gaps[i] = i === 0 ? 0 : distance(cells, heights, column[i - 1] as number, cell);
  }
  spread(wanted, weights, gaps, -reach, reach, count);
  for (let i = 0; i < count; i++) ys[column[i] as number] = wanted[i] as number;
}

// Columns are settled by the ten thousand: no memory is taken for each.
let scratch = scratchFor(256);
let pulled = 0;
let pull = 0;

function scratchFor(count: number) {
  const numbers = () => new Float64Array(count);
  return {
    wanted: numbers(),
    weights: numbers(),
    gaps: numbers(),
    sums: numbers(),
    totals: numbers(),
    ends: numbers(),
  };
}

/** Adds up what neighbours want a cell's height to be, and how much. */
function pullBy(cells: Cells, cell: number, links: Links, ys: Float64Array, middles: Float64Array | null): void {
  const end = links.start[cell + 1] as number;
  for (let k = links.start[cell] as number; k < end; k++) {
    const other = links.to[k] as number;
    const strength = cell >= cells.nodes && other >= cells.nodes ? passingPull : 1;
    const shift = middles
      ? (middles[cells.group[other] as number] as number) - (middles[cells.group[cell] as number] as number)
      : 0;
    pulled += strength * ((ys[other] as number) + shift);
    pull += strength;
  }
}

/**
 * Replaces the wanted heights by heights in the given order, at least `gaps[i]` after the one before and between `top` and
 * `bottom`, with the least squares of distance to the wanted ones: isotonic regression by pooling adjacent violators. Where there
 * is too little room, it is taken evenly above and below.
 */
export function spread(
  wanted: Float64Array,
  weights: Float64Array,
  gaps: Float64Array,
  top: number,
  bottom: number,
  count = wanted.length,
): void {
  if (count > scratch.sums.length) scratch = scratchFor(2 * count);
  const { sums, totals, ends } = scratch;
  let blocks = 0;
  let offset = 0;
  for (let i = 0; i < count; i++) {
    offset += gaps[i] as number;
    let sum = (weights[i] as number) * ((wanted[i] as number) - offset);
    let total = weights[i] as number;
    while (blocks > 0 && (sums[blocks - 1] as number) / (totals[blocks - 1] as number) > sum / total) {
      blocks--;
      sum += sums[blocks] as number;
      total += totals[blocks] as number;
    }
    sums[blocks] = sum;
    totals[blocks] = total;
    ends[blocks++] = i + 1;
  }
  // Less the gaps before it, a height never falls from one to the next: bounds on the first and last bound all.
  const lack = Math.max(0, offset - (bottom - top));
  const least = top - lack / 2;
  const most = bottom + lack / 2 - offset;
  let i = 0;
  let after = 0;
  for (let b = 0; b < blocks; b++) {
    const y = Math.min(Math.max((sums[b] as number) / (totals[b] as number), least), Math.max(least, most));
    for (; i < (ends[b] as number); i++) {
      after += gaps[i] as number;
      wanted[i] = y + after;
    }
  }
}
