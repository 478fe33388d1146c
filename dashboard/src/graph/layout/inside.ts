import type { Cells } from "./cells";
import type { Columns } from "./columns";
import { boxColumnGap, boxPadding, columnGap, rowGap, type Size, titleHeight } from "./geometry";
import type { IndexedGraph } from "./indexed";

/** Between the title strip and the first card. */
const belowTitle = 10;

/** Room a frame takes round its cards; none for groups without one. */
export function insets(framed: boolean) {
  return framed
    ? { left: boxPadding, top: titleHeight + belowTitle, right: boxPadding, bottom: boxPadding }
    : { left: 0, top: 0, right: 0, bottom: 0 };
}

/** How the columns and the block of isolates of each group lie, from the left of its first card. */
export interface Inside {
  /** Centre of each column. */
  columnX: Float64Array;
  /** Of the cards of each group. */
  width: Float64Array;
  blocks: Block[];
}

/** Nodes without edges in rows of so many. */
interface Block extends Size {
  perRow: number;
  stepX: number;
  stepY: number;
}

export function insideOf(graph: IndexedGraph, { start, nodes, isolates }: Columns): Inside {
  const columnX = new Float64Array(nodes.length);
  const width = new Float64Array(graph.groupIds.length);
  const blocks = graph.groupIds.map((_, g) => {
    let x = 0;
    for (let c = start[g] as number; c < (start[g + 1] as number); c++) {
      const widest = Math.max(...(nodes[c] as number[]).map((node) => graph.width[node] as number));
      columnX[c] = x + widest / 2;
      x += widest + columnGap;
    }
    const block = blockOf(graph, isolates[g] as number[], (start[g + 1] as number) - (start[g] as number));
    width[g] = Math.max(x - columnGap, block.width);
    return block;
  });
  return { columnX, width, blocks };
}

function blockOf(graph: IndexedGraph, isolates: readonly number[], columns: number): Block {
  if (isolates.length === 0) return { perRow: 0, stepX: 0, stepY: 0, width: 0, height: 0 };
  const stepX = Math.max(...isolates.map((node) => graph.width[node] as number)) + columnGap;
  const stepY = Math.max(...isolates.map((node) => graph.height[node] as number)) + rowGap;
  const square = Math.ceil(Math.sqrt((isolates.length * 1.6 * stepY) / stepX));
  const perRow = Math.min(isolates.length, Math.max(columns, square));
  const rows = Math.ceil(isolates.length / perRow);
  return { perRow, stepX, stepY, width: perRow * stepX - columnGap, height: rows * stepY - rowGap };
}

/** What a box will measure about, before its cells have their heights. */
export function roughSizes(graph: IndexedGraph, columns: Columns, inside: Inside): Size[] {
  return graph.groupIds.map((_, g) => {
    const frame = insets(graph.framed[g] === 1);
    let tallest = 0;
    for (let c = columns.start[g] as number; c < (columns.start[g + 1] as number); c++) {
      const members = columns.nodes[c] as number[];
      tallest = Math.max(
        tallest,
        members.reduce((sum, node) => sum + (graph.height[node] as number) + rowGap, -rowGap),
      );
    }
    const below = inside.blocks[g]?.height ?? 0;
    const between = tallest > 0 && below > 0 ? rowGap : 0;
    return {
      width: (inside.width[g] as number) + frame.left + frame.right,
      height: tallest + between + below + frame.top + frame.bottom,
    };
  });
}

/** Top and bottom of the box of a group, from where its heights count; `columnBottom` is where the block of isolates may begin. */
export function verticalExtent(graph: IndexedGraph, cells: Cells, inside: Inside, g: number, ys: Float64Array) {
  const frame = insets(graph.framed[g] === 1);
  let top = Infinity;
  let bottom = -Infinity;
  for (let c = cells.columnStart[g] as number; c < (cells.columnStart[g + 1] as number); c++) {
    for (const cell of cells.columns[c] as Int32Array) {
      if (cell >= cells.nodes) continue;
      top = Math.min(top, (ys[cell] as number) - (graph.height[cell] as number) / 2);
      bottom = Math.max(bottom, (ys[cell] as number) + (graph.height[cell] as number) / 2);
    }
  }
  const height = inside.blocks[g]?.height ?? 0;
  if (top > bottom) return { top: -height / 2 - frame.top, bottom: height / 2 + frame.bottom, blockTop: -height / 2 };
  const blockTop = bottom + rowGap;
  return { top: top - frame.top, bottom: (height > 0 ? blockTop + height : bottom) + frame.bottom, blockTop };
}

/** Where the first card of each group begins. Cards of one column of boxes line up, framed or not. */
export function boxLefts(graph: IndexedGraph, inside: Inside, boxColumns: readonly number[][]): Float64Array {
  const lefts = new Float64Array(graph.groupIds.length);
  let x = 0;
  for (const column of boxColumns) {
    const inset = Math.max(...column.map((g) => insets(graph.framed[g] === 1).left));
    let widest = 0;
    for (const g of column) {
      lefts[g] = x + inset;
      widest = Math.max(widest, inside.width[g] as number);
    }
    x += widest + 2 * inset + boxColumnGap;
  }
  return lefts;
}
