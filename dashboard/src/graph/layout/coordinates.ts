import { rowStep } from "./geometry";
import type { Cell } from "./order";

/** Distance of two passing edges. */
const passingStep = 14;
/** A bend in a long edge is seen more than a node off the middle of its neighbours. */
const passingPull = 4;

/** Gives each cell its height: near its neighbours, in the given order, never closer than allowed. */
export function assignHeights(grid: readonly Cell[][]): Map<Cell, number> {
  const heights = new Map<Cell, number>();
  for (const cells of grid) stack(cells, heights);
  for (let sweep = 0; sweep < 24; sweep++) {
    for (let i = 0; i < grid.length; i++) {
      settle(grid[sweep % 2 === 0 ? i : grid.length - 1 - i] as Cell[], heights);
    }
  }
  return heights;
}

function stack(cells: readonly Cell[], heights: Map<Cell, number>): void {
  let y = 0;
  for (const [i, cell] of cells.entries()) {
    y += i === 0 ? 0 : gap(cells[i - 1] as Cell, cell);
    heights.set(cell, y);
  }
  for (const cell of cells) heights.set(cell, (heights.get(cell) ?? 0) - y / 2);
}

function settle(cells: readonly Cell[], heights: Map<Cell, number>): void {
  const wanted = cells.map((cell) => {
    let sum = 0;
    let weight = 0;
    for (const other of [...cell.left, ...cell.right]) {
      const pull = cell.id === null && other.id === null ? passingPull : 1;
      sum += pull * (heights.get(other) ?? 0);
      weight += pull;
    }
    // A weak pull to where it is keeps nodes without neighbours in line.
    return weight === 0 ? { y: heights.get(cell) ?? 0, weight: 0.1 } : { y: sum / weight, weight };
  });
  const gaps = cells.map((cell, i) => (i === 0 ? 0 : gap(cells[i - 1] as Cell, cell)));
  for (const [i, y] of spread(wanted, gaps).entries()) heights.set(cells[i] as Cell, y);
}

function gap(a: Cell, b: Cell): number {
  if (a.id !== null && b.id !== null) return rowStep;
  return a.id === null && b.id === null ? passingStep : rowStep / 2;
}

/**
 * Heights in the given order, at least `gaps[i]` after the one before, with the least squares of distance to the wanted ones:
 * isotonic regression by pooling adjacent violators.
 */
export function spread(wanted: readonly { y: number; weight: number }[], gaps: readonly number[]): number[] {
  const blocks: { sum: number; weight: number; size: number }[] = [];
  let offset = 0;
  const offsets = wanted.map((_, i) => {
    offset += gaps[i] ?? 0;
    return offset;
  });
  for (const [i, want] of wanted.entries()) {
    blocks.push({ sum: want.weight * (want.y - (offsets[i] ?? 0)), weight: want.weight, size: 1 });
    for (
      let last = blocks.at(-1), before = blocks.at(-2);
      last && before;
      last = blocks.at(-1), before = blocks.at(-2)
    ) {
      if (before.sum / before.weight <= last.sum / last.weight) break;
      before.sum += last.sum;
      before.weight += last.weight;
      before.size += last.size;
      blocks.pop();
    }
  }
  const heights: number[] = [];
  for (const block of blocks) {
    for (let i = 0; i < block.size; i++) heights.push(block.sum / block.weight + (offsets[heights.length] ?? 0));
  }
  return heights;
}
