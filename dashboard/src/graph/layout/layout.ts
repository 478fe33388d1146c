import { assignHeights } from "./coordinates";
import { findBackEdges } from "./cycles";
import {
  type Column,
  columnStep,
  emptyPlacement,
  laneOf,
  laneStep,
  type Placement,
  type Point,
  rowStep,
  type Shape,
} from "./geometry";
import { neighboursOf } from "./neighbours";
import { orderColumns } from "./order";
import { rankColumns } from "./ranks";

/** The whole map anew. The same graph gives the same picture, for everybody and at any time. */
export function freshPlacement(shape: Shape): Placement {
  if (shape.nodes.length === 0) return emptyPlacement;
  const graph = neighboursOf(shape);
  const laneById = new Map(shape.nodes.map((node) => [node.id, laneOf(node.tier)]));
  const ranked = rankColumns(graph, laneById, findBackEdges(graph, laneById));
  const grid = orderColumns(graph, ranked);
  const heights = assignHeights(grid);

  const columns: Column[] = [];
  for (const { lane } of ranked) {
    const last = columns.at(-1);
    columns.push({ lane, x: last ? last.x + (last.lane === lane ? columnStep : laneStep) : 0 });
  }
  const positions = new Map<string, Point>();
  for (const [c, cells] of grid.entries()) {
    let below = -Infinity;
    for (const cell of cells) {
      if (cell.id === null) continue;
      // Rounding must not bring two cards nearer than a row.
      const y = Math.max(Math.round(heights.get(cell) ?? 0), below);
      positions.set(cell.id, { x: columns[c]?.x ?? 0, y });
      below = y + rowStep;
    }
  }
  return { positions, columns, additions: 0 };
}
