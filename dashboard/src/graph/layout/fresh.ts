import { boxColumnsOf } from "./box-columns";
import { orderBoxes } from "./box-order";
import { type Cells, cellsOf } from "./cells";
import { type Columns, columnsOf } from "./columns";
import { settleGroup, stackColumns } from "./coordinates";
import { findBackEdges } from "./cycles";
import { emptyPlacement, type LayoutGraph, type Placement } from "./geometry";
import { type GroupGraph, groupGraphOf } from "./group-graph";
import { bySize, type IndexedGraph, indexGraph } from "./indexed";
import { insideOf, roughSizes } from "./inside";
import { reduceCrossings } from "./order";
import { placeBoxes } from "./place";
import { rankNodes } from "./ranks";
import { refine } from "./refine";

/** The whole map anew. The same graph gives the same picture, for everybody and at any time. */
export function freshPlacement(shape: LayoutGraph): Placement {
  if (shape.nodes.length === 0) return emptyPlacement;
  const graph = indexGraph(shape);
  const walk = findBackEdges(graph);
  const columns = columnsOf(graph, walk, rankNodes(graph, walk));
  const inside = insideOf(graph, columns);
  const groups = groupGraphOf(graph);
  const sizes = roughSizes(graph, columns, inside);
  const boxColumns = boxColumnsOf(groups, sizes);
  orderBoxes(groups, boxColumns, sizes);

  const boxColumn = new Int32Array(groups.count);
  for (const [c, column] of boxColumns.entries()) for (const g of column) boxColumn[g] = c;
  const draft = draftOf(graph, groups, columns, cellsOf(graph, columns, boxColumn));
  refine(draft, inside, boxColumns);
  return placeBoxes(draft, inside, boxColumns, groups.lane);
}

/** A layout in the making. */
export interface Draft {
  graph: IndexedGraph;
  groups: GroupGraph;
  columns: Columns;
  cells: Cells;
  /** Height of each cell, from the middle of its group. */
  ys: Float64Array;
  /** Cells of group g stay between -reach[g] and reach[g]. */
  reach: Float64Array;
}

/** Each group by itself: ordered, then straightened. */
function draftOf(graph: IndexedGraph, groups: GroupGraph, columns: Columns, cells: Cells): Draft {
  const ys = new Float64Array(cells.column.length);
  const rows = new Float64Array(cells.column.length);
  const reach = new Float64Array(graph.groupIds.length);
  const { ordering, settling } = bySize(graph);
  for (let g = 0; g < reach.length; g++) {
    reduceCrossings(cells, g, rows, ordering);
    reach[g] = stackColumns(cells, graph.height, g, ys);
    settleGroup(cells, graph.height, g, ys, reach[g] as number, null, settling);
  }
  return { graph, groups, columns, cells, ys, reach };
}
