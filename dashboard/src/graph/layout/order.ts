import type { Neighbours } from "./neighbours";
import type { RankColumn } from "./ranks";

/** A node, or a place where an edge passes through a column on its way further. */
export interface Cell {
  /** Null for a passing edge. */
  id: string | null;
  left: Cell[];
  right: Cell[];
  /** Index in its column. */
  at: number;
}

/** The columns with passing edges filled in and ordered so that few edges cross. */
export function orderColumns(graph: Neighbours, columns: readonly RankColumn[]): Cell[][] {
  const grid = withPassingCells(graph, columns);
  let best = grid.map((cells) => [...cells]);
  let fewest = countCrossings(grid);
  for (let sweep = 0; sweep < 12 && fewest > 0; sweep++) {
    if (sweep % 2 === 0) for (let c = 1; c < grid.length; c++) sortByNeighbours(grid[c] ?? [], (cell) => cell.left);
    else for (let c = grid.length - 2; c >= 0; c--) sortByNeighbours(grid[c] ?? [], (cell) => cell.right);
    const crossings = countCrossings(grid);
    if (crossings >= fewest) continue;
    fewest = crossings;
    best = grid.map((cells) => [...cells]);
  }
  for (const cells of best) renumber(cells);
  return best;
}

function withPassingCells(graph: Neighbours, columns: readonly RankColumn[]): Cell[][] {
  const columnOf = new Map<string, number>();
  const cellOf = new Map<string, Cell>();
  const grid = columns.map((column, c) =>
    column.ids.map((id, at) => {
      const cell: Cell = { id, left: [], right: [], at };
      columnOf.set(id, c);
      cellOf.set(id, cell);
      return cell;
    }),
  );
  for (const source of graph.ids) {
    for (const target of graph.callees.get(source) ?? []) {
      // The way back passes the same columns as the way there.
      const [from, to] =
        (columnOf.get(source) ?? 0) <= (columnOf.get(target) ?? 0) ? [source, target] : [target, source];
      const end = columnOf.get(to) ?? 0;
      let cell = cellOf.get(from) as Cell;
      for (let c = (columnOf.get(from) ?? 0) + 1; c <= end; c++) {
        const column = grid[c] as Cell[];
        const next = c === end ? (cellOf.get(to) as Cell) : { id: null, left: [], right: [], at: column.length };
        if (c < end) column.push(next);
        cell.right.push(next);
        next.left.push(cell);
        cell = next;
      }
    }
  }
  return grid;
}

function sortByNeighbours(cells: Cell[], neighbours: (cell: Cell) => Cell[]): void {
  const centre = new Map<Cell, number>();
  for (const cell of cells) {
    const near = neighbours(cell);
    // Without neighbours on that side a cell keeps its place.
    centre.set(cell, near.length === 0 ? cell.at : near.reduce((sum, other) => sum + other.at, 0) / near.length);
  }
  cells.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0) || a.at - b.at);
  renumber(cells);
}

function renumber(cells: Cell[]): void {
  for (const [at, cell] of cells.entries()) cell.at = at;
}

/** Crossings between all neighbouring columns, by counting inversions with a Fenwick tree. */
export function countCrossings(grid: readonly Cell[][]): number {
  let crossings = 0;
  for (let c = 0; c + 1 < grid.length; c++) {
    const size = (grid[c + 1] as Cell[]).length;
    const tree = new Int32Array(size + 1);
    let seen = 0;
    for (const cell of grid[c] as Cell[]) {
      const ends = cell.right.map((other) => other.at);
      for (const end of ends) crossings += seen - sumTo(tree, end + 1);
      for (const end of ends) add(tree, end + 1);
      seen += ends.length;
    }
  }
  return crossings;
}

function sumTo(tree: Int32Array, index: number): number {
  let sum = 0;
  for (let i = index; i > 0; i -= i & -i) sum += tree[i] ?? 0;
  return sum;
}

function add(tree: Int32Array, index: number): void {
  for (let i = index; i < tree.length; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
}
