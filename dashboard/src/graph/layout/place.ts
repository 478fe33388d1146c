import { boxMiddles } from "./box-heights";
import type { Draft } from "./fresh";
import { type Box, columnGap, type PlacedCard, type PlacedGroup, type Placement, type Point, rowGap } from "./geometry";
import { at } from "./indexed";
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
    const widest = Math.max(...column.map((g) => at(inside.width, g)));
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
    const [x, y] = [at(lefts, g), Math.round(at(middles, g))];
    const right = x + at(inside.width, g) + frame.right;
    const box = { left: x - frame.left, top: y + top, right, bottom: y + bottom };
    groups.set(id, { lane: at(laneOf, g), framed, box });
    if (framed) boxes.set(id, box);
    for (const { node, ...point } of pointsOf(draft, inside, g, blockTop)) {
      nodes.set(graph.ids[node] as string, { x: x + point.x, y: y + point.y });
      cards.set(graph.ids[node] as string, { group: id, width: at(graph.width, node), height: at(graph.height, node) });
    }
  }
  return { nodes, boxes, additions: 0, cards, groups };
}

/** The nodes of a group, from its first card's left and its middle. */
function* pointsOf({ graph, columns, ys }: Draft, inside: Inside, g: number, blockTop: number) {
  for (let c = at(columns.start, g); c < at(columns.start, g + 1); c++) {
    for (const node of columns.nodes[c] as number[]) yield { node, x: at(inside.columnX, c), y: at(ys, node) };
  }
  const { perRow, stepX, stepY } = inside.blocks[g] as Inside["blocks"][number];
  for (const [i, node] of (columns.isolates[g] as number[]).entries()) {
    const x = (i % perRow) * stepX + at(graph.width, node) / 2;
    yield { node, x, y: blockTop + Math.floor(i / perRow) * stepY + at(graph.height, node) / 2 };
  }
}

/** Whole pixels inside the groups, downwards where two cards would come too near. */
function roundHeights({ graph, cells, ys }: Draft): void {
  for (const column of cells.columns) {
    let free = -Infinity;
    for (const cell of column) {
      if (cell >= cells.nodes) continue;
      const half = at(graph.height, cell) / 2;
      ys[cell] = Math.max(Math.round(at(ys, cell)), Math.ceil(free + half));
      free = at(ys, cell) + half + rowGap;
    }
  }
}

/** Kept free below a box in which no further card fits: so one more moves nothing outside the box. */
function extraRoom({ graph, columns, cells, ys }: Draft, inside: Inside, g: number, widest: number): number {
  const members = graph.members.subarray(at(graph.memberStart, g), at(graph.memberStart, g + 1));
  const height = Math.max(...Array.from(members, (node) => at(graph.height, node)));
  const width = Math.max(...Array.from(members, (node) => at(graph.width, node)));
  if (at(inside.width, g) + columnGap + width <= widest) return 0;
  const frame = insets(true);
  const { top, bottom } = verticalExtent(graph, cells, inside, g, ys);
  const block = inside.blocks[g]?.height ?? 0;
  const room = { top: top + frame.top, bottom: bottom - frame.bottom - (block > 0 ? block + rowGap : 0) };
  for (let c = at(columns.start, g); c < at(columns.start, g + 1); c++) {
    const obstacles = Array.from(cells.columns[c] as Int32Array)
      .filter((cell) => cell < cells.nodes)
      .map((node) => ({
        top: at(ys, node) - at(graph.height, node) / 2,
        bottom: at(ys, node) + at(graph.height, node) / 2,
      }));
    if (nearestFree(obstacles, room, height, leastGap, 0) !== null) return 0;
  }
  return height + leastGap;
}
