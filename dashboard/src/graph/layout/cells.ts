import type { Columns } from "./columns";
import { bucket, bySize, type IndexedGraph } from "./indexed";

/**
 * What stands in the columns: cell n is node n; the cells after the nodes are places where an edge passes a column of a group on
 * its way further.
 */
export interface Cells {
  nodes: number;
  columnStart: Int32Array;
  /** Cells of each column from top to bottom: the order is what crossing reduction changes. */
  columns: Int32Array[];
  /** Column of each cell; -1 for nodes that stand in no column. */
  column: Int32Array;
  group: Int32Array;
  /** Neighbours in columns to the left, to the right, and in other groups. */
  left: Links;
  right: Links;
  far: Links;
}

/** Neighbours of cell c: to[start[c]] to to[start[c + 1] - 1]. */
export interface Links {
  start: Int32Array;
  to: Int32Array;
}

/** So many passing places a group may have for each of its nodes: beyond that edges take the gaps they find. */
const passingPerNode = 4;

/** The cells and their links. `boxColumn` tells which groups are left of which. */
export function cellsOf(graph: IndexedGraph, columns: Columns, boxColumn: Int32Array): Cells {
  const grid = new Grid(graph, columns);
  const { passesBoxes } = bySize(graph);
  const roomy = roomForPassing(graph, grid.column);
  for (let e = 0; e < graph.source.length; e++) {
    const [source, target] = [graph.source[e] as number, graph.target[e] as number];
    const [from, to] = [graph.group[source] as number, graph.group[target] as number];
    if (from !== to) {
      const side = passesBoxes ? Math.sign((boxColumn[to] as number) - (boxColumn[from] as number)) : 0;
      grid.joinFar(grid.passOut(source, side), grid.passOut(target, -side));
    } else grid.link(source, target, roomy[from] === 1);
  }
  return grid.cells();
}

/** Groups whose long edges have places of their own. */
function roomForPassing(graph: IndexedGraph, column: Int32Array): Uint8Array {
  const { passesColumns } = bySize(graph);
  const passing = new Int32Array(graph.groupIds.length);
  for (let e = 0; e < graph.source.length; e++) {
    const [source, target] = [graph.source[e] as number, graph.target[e] as number];
    const g = graph.group[source] as number;
    if (g !== (graph.group[target] as number)) continue;
    passing[g] =
      (passing[g] as number) + Math.max(0, Math.abs((column[source] as number) - (column[target] as number)) - 1);
  }
  return Uint8Array.from(passing, (count, g) => {
    const size = (graph.memberStart[g + 1] as number) - (graph.memberStart[g] as number);
    return passesColumns && count <= passingPerNode * size + 10 ? 1 : 0;
  });
}

class Grid {
  readonly column: Int32Array;
  private readonly passingColumn: number[] = [];
  private readonly passingGroup: number[] = [];
  private readonly leftEnds: number[] = [];
  private readonly rightEnds: number[] = [];
  private readonly farEnds: number[] = [];
  private readonly otherFarEnds: number[] = [];

  constructor(
    private readonly graph: IndexedGraph,
    private readonly columns: Columns,
  ) {
    this.column = new Int32Array(graph.ids.length).fill(-1);
    for (const [c, members] of columns.nodes.entries()) for (const node of members) this.column[node] = c;
  }

  /** Joins two nodes of a group, with a place in each column between them when there is room. Those of one column are not joined. */
  link(source: number, target: number, roomy: boolean): void {
    const forward = (this.column[source] as number) < (this.column[target] as number);
    const [a, b] = forward ? [source, target] : [target, source];
    const [from, to] = [this.column[a] as number, this.column[b] as number];
    if (from === to) return;
    this.leftEnds.push(roomy ? this.pass(a, from + 1, to) : a);
    this.rightEnds.push(b);
  }

  /** The way out of its group, to the right (1) or left (-1): the last place on it. */
  passOut(node: number, side: number): number {
    const g = this.graph.group[node] as number;
    const c = this.column[node] as number;
    if (side > 0) return this.pass(node, c + 1, this.columns.start[g + 1] as number);
    return side < 0 ? this.pass(node, c - 1, (this.columns.start[g] as number) - 1) : node;
  }

  private pass(node: number, first: number, end: number): number {
    const step = first <= end ? 1 : -1;
    let cell = node;
    for (let c = first; c !== end; c += step) {
      const next = this.column.length + this.passingColumn.length;
      this.passingColumn.push(c);
      this.passingGroup.push(this.graph.group[node] as number);
      this.leftEnds.push(step > 0 ? cell : next);
      this.rightEnds.push(step > 0 ? next : cell);
      cell = next;
    }
    return cell;
  }

  /** Joins two cells of different groups. */
  joinFar(a: number, b: number): void {
    this.farEnds.push(a, b);
    this.otherFarEnds.push(b, a);
  }

  cells(): Cells {
    const nodes = this.column.length;
    const column = joined(this.column, this.passingColumn);
    const columns: number[][] = this.columns.nodes.map((members) => [...members]);
    for (const [i, c] of this.passingColumn.entries()) columns[c]?.push(nodes + i);
    return {
      nodes,
      columnStart: this.columns.start,
      columns: columns.map((cells) => new Int32Array(cells)),
      column,
      group: joined(this.graph.group, this.passingGroup),
      left: links(this.rightEnds, this.leftEnds, column.length),
      right: links(this.leftEnds, this.rightEnds, column.length),
      far: links(this.farEnds, this.otherFarEnds, column.length),
    };
  }
}

function joined(first: Int32Array, second: readonly number[]): Int32Array {
  const both = new Int32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function links(from: readonly number[], to: readonly number[], count: number): Links {
  const [start, order] = bucket(new Int32Array(from), count);
  for (let i = 0; i < order.length; i++) order[i] = to[order[i] as number] as number;
  return { start, to: order };
}
