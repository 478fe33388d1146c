import { type Box, boxOf, type LayoutEdge, type LayoutGraph, type Placement } from "../layout/geometry";
import { type Line, routeBetween, routeDirect } from "./between";
import type { Route } from "./route";
import { selfLoop } from "./self-loop";
import type { Obstacle } from "./slabs";

export { routeRibbons } from "./ribbons";
export type { Anchor, Route } from "./route";

/** Beyond so many lines nobody can follow one between the cards: they run straight from end to end, in a fraction of the time. */
const manyEdges = 1500;

/** A route for each edge whose ends are placed. A pure function of the positions: no edge needs a place of its own. */
export function routeEdges(
  edges: readonly LayoutEdge[],
  _graph: LayoutGraph,
  placement: Placement,
): Map<string, Route> {
  const routes = new Map<string, Route>();
  const boxes = new Map<string, Box>();
  for (const [id, point] of placement.nodes) boxes.set(id, boxOf(point, placement.cards.get(id)));
  const lines: Line[] = [];
  for (const { id, source, target } of edges) {
    const from = boxes.get(source);
    const to = boxes.get(target);
    if (!from || !to) continue;
    if (source === target) routes.set(id, selfLoop(from));
    else lines.push({ id, source, target, from, to, groups: [groupOf(source, placement), groupOf(target, placement)] });
  }
  if (lines.length > manyEdges) routeDirect(lines, routes);
  else routeBetween(lines, cardObstacles(boxes, placement), routes);
  return routes;
}

function groupOf(id: string, placement: Placement): string {
  return placement.cards.get(id)?.group ?? "";
}

function cardObstacles(boxes: ReadonlyMap<string, Box>, placement: Placement): Obstacle[] {
  return [...boxes].map(([id, box]) => {
    const group = groupOf(id, placement);
    const placed = placement.groups.get(group);
    // Without a frame every card stands for itself.
    return placed?.framed ? { ...box, group, frame: placed.box } : { ...box, group: id, frame: box };
  });
}
