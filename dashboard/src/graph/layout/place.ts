import { boxMiddles } from "./box-heights";
import type { Draft } from "./fresh";
import { type Box, columnGap, type PlacedCard, type PlacedGroup, type Placement, type Point, rowGap } from "./geometry";

import { boxLefts, type Inside, insets, verticalExtent } from "./inside";
import { leastGap, nearestFree } from "./slots";

/** The finished layout: whole pixels, and room for one more card in or below each frame. */
export function placeBoxes(
  draft: Draft,
  inside: Inside,
  boxColumns: readonly number[][],
  laneOf: Int32Array,
): Placement {
  const { graph } = draft;
  roundHeights(draft);
  const lefts = boxLefts(graph, inside, boxColumns);
  const extra = new Float64Array(graph.groupIds.length);
  for (const column of boxColumns) {
    const widest = Math.max(...column.map((g) => inside.width[g] as number));
    for (const g of column) if (graph.framed[g]) extra[g] = extraRoom(draft, inside, g, widest);
  }
  const middles = boxMiddles(draft, inside, boxColumns, boxMiddles(draft, inside, boxColumns, null), extra);

  const nodes = new Map<string, Point>();
  const cards = new Map<string, PlacedCard>();
  const boxes = new Map<string, Box>();
  const groups = new Map<string, PlacedGroup>();
  for (const g of graph.groupIds.keys()) {
    const id = graph.groupIds[g] as string;
    const framed = graph.framed[g] === 1;
    const frame = insets(framed);
    const { top, bottom, blockTop } = verticalExtent(graph, draft.cells, inside, g, draft.ys);
    const [x, y] = [lefts[g] as number, Math.round(middles[g] as number)];
    const right = x + (inside.width[g] as number) + frame.right;
    const box = { left: x - frame.left, top: y + top, right, bottom: y + bottom };
    groups.set(id, { lane: laneOf[g] as number, framed, box });
    if (framed) boxes.set(id, box);
    for (const { node, ...point } of pointsOf(draft, inside, g, blockTop)) {
      nodes.set(graph.ids[node] as string, { x: x + point.x, y: y + point.y });
      cards.set(graph.ids[node] as string, {
        group: id,
        width: graph.width[node] as number,
        height: graph.height[node] as number,
      });
    }
  }
  return { nodes, boxes, additions: 0, cards, groups };
}

/** The nodes of a group, from its first card's left and its middle. */
function* pointsOf({ graph, columns, ys }: Draft, inside: Inside, g: number, blockTop: number) {
  for (let c = columns.start[g] as number; c < (columns.start[g + 1] as number); c++) {
    for (const node of columns.nodes[c] as number[])
      yield { node, x: inside.columnX[c] as number, y: ys[node] as number };
  }
  const { perRow, stepX, stepY } = inside.blocks[g] as Inside["blocks"][number];
  for (const [i, node] of (columns.isolates[g] as number[]).entries()) {
    const x = (i % perRow) * stepX + (graph.width[node] as number) / 2;
    yield { node, x, y: blockTop + Math.floor(i / perRow) * stepY + (graph.height[node] as number) / 2 };
  }
}

/** Whole pixels inside the groups, downwards where two cards would come too near. */
function roundHeights({ graph, cells, ys }: Draft): void {
  for (const column of cells.columns) {
    let free = -Infinity;
    for (const cell of column) {
      if (cell >= cells.nodes) continue;
      const half = (graph.height[cell] as number) / 2;
      ys[cell] = Math.max(Math.round(ys[cell] as number), Math.ceil(free + half));
      free = (ys[cell] as number) + half + rowGap;
    }
  }
}

/** Kept free below a box in which no further card fits: so one more moves nothing outside the box. */
function extraRoom({ graph, columns, cells, ys }: Draft, inside: Inside, g: number, widest: number): number {
  const members = graph.members.subarray(graph.memberStart[g] as number, graph.memberStart[g + 1] as number);
  const height = Math.max(...Array.from(members, (node) => graph.height[node] as number));
  const width = Math.max(...Array.from(members, (node) => graph.width[node] as number));
  if ((inside.width[g] as number) + columnGap + width <= widest) return 0;
  const frame = insets(true);
  const { top, bottom } = verticalExtent(graph, cells, inside, g, ys);
  const block = inside.blocks[g]?.height ?? 0;
  const room = { top: top + frame.top, bottom: bottom - frame.bottom - (block > 0 ? block + rowGap : 0) };
  for (let c = columns.start[g] as number; c < (columns.start[g + 1] as number); c++) {
    const obstacles = Array.from(cells.columns[c] as Int32Array)
      .filter((cell) => cell < cells.nodes)
      .map((node) => ({
        top: (ys[node] as number) - (graph.height[node] as number) / 2,
        bottom: (ys[node] as number) + (graph.height[node] as number) / 2,
      }));
    if (nearestFree(obstacles, room, height, leastGap, 0) !== null) return 0;
  }
  return height + leastGap;
}
