import type { Cells, Links } from "./cells";
import { at } from "./indexed";

/** Orders the cells of each column so that few edges inside the group cross: sweeps there and back, the best order is kept. */
export function reduceCrossings(cells: Cells, group: number): void {
  const first = at(cells.columnStart, group);
  const end = at(cells.columnStart, group + 1);
  if (end - first < 2) return;
  const rows = new Float64Array(cells.column.length);
  for (let c = first; c < end; c++) setRows(cells.columns[c] as Int32Array, rows);
  let fewest = crossings(cells, first, end, rows);
  let best = cells.columns.slice(first, end);
  for (let sweep = 0; sweep < 10 && fewest > 0; sweep++) {
    const rightwards = sweep % 2 === 0;
    for (let i = 1; i < end - first; i++) {
      const c = rightwards ? first + i : end - 1 - i;
      cells.columns[c] = sorted(cells.columns[c] as Int32Array, rightwards ? cells.left : cells.right, rows);
      setRows(cells.columns[c] as Int32Array, rows);
    }
    const count = crossings(cells, first, end, rows);
    if (count >= fewest) continue;
    fewest = count;
    best = cells.columns.slice(first, end);
  }
  for (const [i, column] of best.entries()) cells.columns[first + i] = column;
}

/** Rows count from the column's middle: columns of different lengths are centred on each other. */
function setRows(column: Int32Array, rows: Float64Array): void {
  for (let i = 0; i < column.length; i++) rows[at(column, i)] = i - (column.length - 1) / 2;
}

function sorted(column: Int32Array, links: Links, rows: Float64Array): Int32Array {
  const wanted = new Float64Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const cell = at(column, i);
    const [from, to] = [at(links.start, cell), at(links.start, cell + 1)];
    let sum = 0;
    for (let k = from; k < to; k++) sum += at(rows, at(links.to, k));
    // Without neighbours on that side a cell keeps its place.
    wanted[i] = from === to ? at(rows, cell) : sum / (to - from);
  }
  return orderedBy(column, wanted);
}

/** The cells by what they want; those that want the same keep their order. */
export function orderedBy(column: Int32Array, wanted: Float64Array): Int32Array {
  const order = Array.from(column, (_, i) => i).sort((a, b) => at(wanted, a) - at(wanted, b) || a - b);
  return Int32Array.from(order, (i) => at(column, i));
}

/** Crossings between neighbouring columns of a group, by counting inversions with a Fenwick tree. Longer links are not counted. */
function crossings({ columns, column, right }: Cells, first: number, end: number, rows: Float64Array): number {
  let count = 0;
  for (let c = first; c + 1 < end; c++) {
    const size = (columns[c + 1] as Int32Array).length;
    const middle = (size - 1) / 2;
    const tree = new Int32Array(size + 1);
    let seen = 0;
    for (const cell of columns[c] as Int32Array) {
      const from = at(right.start, cell);
      const to = at(right.start, cell + 1);
      for (let k = from; k < to; k++) {
        const other = at(right.to, k);
        if (column[other] === c + 1) count += seen - sumTo(tree, at(rows, other) + middle + 1);
      }
      for (let k = from; k < to; k++) {
        const other = at(right.to, k);
        if (column[other] !== c + 1) continue;
        for (let i = at(rows, other) + middle + 1; i <= size; i += i & -i) tree[i] = at(tree, i) + 1;
        seen++;
      }
    }
  }
  return count;
}

function sumTo(tree: Int32Array, index: number): number {
  let sum = 0;
  for (let i = index; i > 0; i -= i & -i) sum += at(tree, i);
  return sum;
}
