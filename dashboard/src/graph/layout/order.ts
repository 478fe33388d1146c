import type { Cells, Links } from "./cells";

/** Orders the cells of each column so that few edges inside the group cross: sweeps there and back, the best order is kept.
 * `rows` is room for a number for each cell. */
export function reduceCrossings(cells: Cells, group: number, rows: Float64Array, sweeps: number): void {
  const first = cells.columnStart[group] as number;
  const end = cells.columnStart[group + 1] as number;
  if (end - first < 2) return;
  for (let c = first; c < end; c++) setRows(cells.columns[c] as Int32Array, rows);
  let fewest = crossings(cells, first, end, rows);
  let best = cells.columns.slice(first, end);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
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
  for (let i = 0; i < column.length; i++) rows[column[i] as number] = i - (column.length - 1) / 2;
}

function sorted(column: Int32Array, links: Links, rows: Float64Array): Int32Array {
  const wanted = new Float64Array(column.length);
  for (let i = 0; i < column.length; i++) {
    const cell = column[i] as number;
    const from = links.start[cell] as number;
    const to = links.start[cell + 1] as number;
    let sum = 0;
    for (let k = from; k < to; k++) sum += rows[links.to[k] as number] as number;
    // Without neighbours on that side a cell keeps its place.
    wanted[i] = from === to ? (rows[cell] as number) : sum / (to - from);
  }
  return orderedBy(column, wanted);
}

/** Few, and after the first sweep nearly in order: then inserting one by one is the fastest way. */
const few = 64;

/** The cells by what they want; those that want the same keep their order. Sorts `wanted` too. */
export function orderedBy(column: Int32Array, wanted: Float64Array): Int32Array {
  if (column.length > few) {
    const order = Array.from(column, (_, i) => i).sort(
      (a, b) => (wanted[a] as number) - (wanted[b] as number) || a - b,
    );
    return Int32Array.from(order, (i) => column[i] as number);
  }
  const sorted = column.slice();
  for (let i = 1; i < sorted.length; i++) {
    const cell = sorted[i] as number;
    const want = wanted[i] as number;
    let k = i - 1;
    for (; k >= 0 && (wanted[k] as number) > want; k--) {
      sorted[k + 1] = sorted[k] as number;
      wanted[k + 1] = wanted[k] as number;
    }
    sorted[k + 1] = cell;
    wanted[k + 1] = want;
  }
  return sorted;
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
      const from = right.start[cell] as number;
      const to = right.start[cell + 1] as number;
      for (let k = from; k < to; k++) {
        const other = right.to[k] as number;
        if (column[other] === c + 1) count += seen - sumTo(tree, (rows[other] as number) + middle + 1);
      }
      for (let k = from; k < to; k++) {
        const other = right.to[k] as number;
        if (column[other] !== c + 1) continue;
        for (let i = (rows[other] as number) + middle + 1; i <= size; i += i & -i) tree[i] = (tree[i] as number) + 1;
        seen++;
      }
    }
  }
  return count;
}

function sumTo(tree: Int32Array, index: number): number {
  let sum = 0;
  for (let i = index; i > 0; i -= i & -i) sum += tree[i] as number;
  return sum;
}

/** The mean height of all neighbours, as seen from the group. */
export function wantedHeight(
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
    sum += ys[left.to[k] as number] as number;
  for (let k = right.start[cell] as number; k < (right.start[cell + 1] as number); k++)
    sum += ys[right.to[k] as number] as number;
  for (let k = far.start[cell] as number; k < (far.start[cell + 1] as number); k++) {
    const other = far.to[k] as number;
    sum += (ys[other] as number) + (middles[group[other] as number] as number) - (middles[g] as number);
  }
  return sum / count;
}
