import { type Column, columnStep, laneOf, laneStep, type Placement, type Point, rowStep, type Shape } from "./geometry";
import { type Neighbours, neighboursOf } from "./neighbours";

/**
 * The placement after nodes and edges came or left: what was placed stays where it is, to the pixel; a new node takes the free
 * slot nearest to its neighbours, in its column. Only a fresh layout, when the reader asks for it, moves anything.
 */
export function extendPlacement(placement: Placement, shape: Shape): Placement {
  const graph = neighboursOf(shape);
  const positions = new Map<string, Point>();
  for (const id of graph.ids) {
    const position = placement.positions.get(id);
    if (position) positions.set(id, position);
  }
  const laneById = new Map(shape.nodes.map((node) => [node.id, laneOf(node.tier)]));
  const columns = [...placement.columns];
  const fresh = graph.ids.filter((id) => !positions.has(id));
  for (let id = nextOf(fresh, graph, positions); id !== undefined; id = nextOf(fresh, graph, positions)) {
    const column = columnFor(id, laneById.get(id) ?? 0, columns, graph, positions);
    positions.set(id, { x: column.x, y: freeSlot(column, wantedHeight(id, graph, positions), positions) });
  }
  const added = positions.size - [...positions.keys()].filter((id) => placement.positions.has(id)).length;
  return { positions, columns, additions: placement.additions + added };
}

/** Takes the node with the most placed neighbours: its place is best known. */
function nextOf(fresh: string[], graph: Neighbours, positions: ReadonlyMap<string, Point>): string | undefined {
  let best = 0;
  let most = -1;
  for (const [i, id] of fresh.entries()) {
    const known = around(id, graph).filter((other) => positions.has(other)).length;
    if (known > most) [best, most] = [i, known];
  }
  return fresh.splice(best, 1)[0];
}

function columnFor(
  id: string,
  lane: number,
  columns: Column[],
  graph: Neighbours,
  positions: Map<string, Point>,
): Column {
  const own = columns.filter((column) => column.lane === lane);
  if (own.length === 0)
    return addColumn(
      columns,
      lane,
      columns.some((column) => column.lane < lane),
    );
  const indexOf = (other: string) => own.findIndex((column) => column.x === positions.get(other)?.x);
  const callers = (graph.callers.get(id) ?? []).map(indexOf).filter((index) => index >= 0);
  const callees = (graph.callees.get(id) ?? []).map(indexOf).filter((index) => index >= 0);
  let index = 0;
  if (callers.length > 0) index = Math.max(...callers) + 1;
  else if (callees.length > 0) index = Math.min(...callees) - 1;
  // Between two lanes there is no room for another column without moving what is there.
  if (index >= own.length && own.at(-1) === columns.at(-1)) return addColumn(columns, lane, true);
  if (index < 0 && own[0] === columns[0]) return addColumn(columns, lane, false);
  return own[Math.min(Math.max(index, 0), own.length - 1)] as Column;
}

function addColumn(columns: Column[], lane: number, atRight: boolean): Column {
  const edge = atRight ? columns.at(-1) : columns[0];
  const step = edge?.lane === lane ? columnStep : laneStep;
  const column = { lane, x: edge ? edge.x + (atRight ? step : -step) : 0 };
  if (atRight) columns.push(column);
  else columns.unshift(column);
  return column;
}

/** The middle of its neighbours; null when none is placed. */
function wantedHeight(id: string, graph: Neighbours, positions: ReadonlyMap<string, Point>): number | null {
  const heights = around(id, graph).flatMap((other) => positions.get(other)?.y ?? []);
  return heights.length === 0 ? null : heights.reduce((sum, y) => sum + y, 0) / heights.length;
}

/** The free height nearest to the wanted one; below all others when nothing is wanted. */
function freeSlot(column: Column, wanted: number | null, positions: ReadonlyMap<string, Point>): number {
  const taken = [...positions.values()].filter((point) => point.x === column.x).map((point) => point.y);
  if (taken.length === 0) return Math.round(wanted ?? 0);
  if (wanted === null) return Math.max(...taken) + rowStep;
  const candidates = [Math.round(wanted), ...taken.flatMap((y) => [y + rowStep, y - rowStep])];
  const free = candidates.filter((y) => taken.every((other) => Math.abs(other - y) >= rowStep));
  return free.reduce((best, y) => (Math.abs(y - wanted) < Math.abs(best - wanted) ? y : best));
}

function around(id: string, graph: Neighbours): string[] {
  return [...(graph.callers.get(id) ?? []), ...(graph.callees.get(id) ?? [])];
}

/** True when enough came since the last whole layout that a new one would be worth the movement. */
export function wantsTidying(placement: Placement): boolean {
  return placement.additions >= 3 && placement.additions > 0.2 * placement.positions.size;
}
