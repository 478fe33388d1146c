import type { Cells, Links } from "./cells";
import { rowGap } from "./geometry";
import { at } from "./indexed";

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
  return cell < cells.nodes ? at(heights, cell) + rowGap : 0;
}

/** Stacks each column of a group round its middle, and returns how far from the middle cells may go. */
export function stackColumns(cells: Cells, heights: Float64Array, group: number, ys: Float64Array): number {
  let tallest = 0;
  for (let c = at(cells.columnStart, group); c < at(cells.columnStart, group + 1); c++) {
    const column = cells.columns[c] as Int32Array;
    let y = 0;
    for (let i = 0; i < column.length; i++) {
      if (i > 0) y += distance(cells, heights, at(column, i - 1), at(column, i));
      ys[at(column, i)] = y;
    }
    for (const cell of column) ys[cell] = at(ys, cell) - y / 2;
    tallest = Math.max(tallest, y);
  }
  return (tallest * slack) / 2;
}

/**
 * Moves the cells of a column near their neighbours, in the given order, never closer than allowed, at most `reach` from the
 * middle. With `middles`, the heights of the groups, neighbours in other groups pull too.
 */
export function settleColumn(
  cells: Cells,
  heights: Float64Array,
  column: Int32Array,
  ys: Float64Array,
  reach: number,
  middles: Float64Array | null,
): void {
  const count = column.length;
  const wanted = new Float64Array(count);
  const weights = new Float64Array(count);
  const gaps = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const cell = at(column, i);
    const passing = cell >= cells.nodes;
    let sum = 0;
    let weight = 0;
    const pull = (links: Links, far: boolean) => {
      for (let k = at(links.start, cell); k < at(links.start, cell + 1); k++) {
        const other = at(links.to, k);
        const strength = passing && other >= cells.nodes ? passingPull : 1;
        const shift = far && middles ? at(middles, at(cells.group, other)) - at(middles, at(cells.group, cell)) : 0;
        sum += strength * (at(ys, other) + shift);
        weight += strength;
      }
    };
    pull(cells.left, false);
    pull(cells.right, false);
    if (middles) pull(cells.far, true);
    // A weak pull to where it is keeps nodes without neighbours in line.
    wanted[i] = weight === 0 ? at(ys, cell) : sum / weight;
    weights[i] = weight === 0 ? 0.1 : weight;
    gaps[i] = i === 0 ? 0 : distance(cells, heights, at(column, i - 1), cell);
  }
  spread(wanted, weights, gaps, -reach, reach);
  for (let i = 0; i < count; i++) ys[at(column, i)] = at(wanted, i);
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
): void {
  const count = wanted.length;
  const sums = new Float64Array(count);
  const totals = new Float64Array(count);
  const ends = new Int32Array(count);
  let blocks = 0;
  let offset = 0;
  for (let i = 0; i < count; i++) {
    offset += at(gaps, i);
    let sum = at(weights, i) * (at(wanted, i) - offset);
    let total = at(weights, i);
    while (blocks > 0 && at(sums, blocks - 1) / at(totals, blocks - 1) > sum / total) {
      blocks--;
      sum += at(sums, blocks);
      total += at(totals, blocks);
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
    const y = Math.min(Math.max(at(sums, b) / at(totals, b), least), Math.max(least, most));
    for (; i < at(ends, b); i++) {
      after += at(gaps, i);
      wanted[i] = y + after;
    }
  }
}
