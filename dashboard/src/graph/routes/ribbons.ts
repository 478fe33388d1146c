import { type Box, boxOf, type LayoutGraph, type Placement } from "../layout/geometry";
import { centre, draftsOf, drawAll, type Line } from "./between";
import type { Route } from "./route";
import { selfLoop } from "./self-loop";
import { type Obstacle, slabAt, slabsOf } from "./slabs";
import { Tracks } from "./tracks";

/**
 * A route for each ribbon between two boxes (or collapsed groups, which are cards): from side to side, between the boxes. What
 * leads back to the left runs in tracks of its own below or above all boxes between.
 */
export function routeRibbons(
  ribbons: readonly { id: string; source: string; target: string }[],
  _graph: LayoutGraph,
  placement: Placement,
): Map<string, Route> {
  const routes = new Map<string, Route>();
  const slabs = slabsOf(boxObstacles(placement));
  const lines: Line[] = [];
  for (const { id, source, target } of ribbons) {
    const from = boxFor(source, placement);
    const to = boxFor(target, placement);
    if (!from || !to) continue;
    if (source === target) routes.set(id, selfLoop(from));
    else lines.push({ id, source, target, from, to, groups: [source, target] });
  }
  const places = lines.map((line) => ({
    line,
    fromSlab: slabAt(slabs, line.from.left),
    toSlab: slabAt(slabs, line.to.left),
  }));
  type Place = (typeof places)[number];
  const span = ({ fromSlab, toSlab }: Place) => fromSlab.index - toSlab.index;
  const drafts = draftsOf(
    places.filter((place) => span(place) < 2).map(({ line }) => line),
    slabs,
  );
  // The shortest lie nearest to the boxes.
  const backward = places.filter((place) => span(place) >= 2);
  backward.sort((a, b) => span(a) - span(b) || (a.line.id < b.line.id ? -1 : 1));
  const tracks = new Tracks(slabs, backward.length);
  for (const { line, fromSlab, toSlab } of backward) {
    const track = tracks.take(toSlab.index + 1, fromSlab.index - 1, centre(line.from).y, centre(line.to).y);
    drafts.push({ line, fromSlab, toSlab, out: -1, into: 1, passages: [track] });
  }
  drawAll(drafts, routes);
  return routes;
}

function boxFor(id: string, placement: Placement): Box | undefined {
  const box = placement.boxes.get(id);
  const point = placement.nodes.get(id);
  return box ?? (point && boxOf(point, placement.cards.get(id)));
}

function boxObstacles(placement: Placement): Obstacle[] {
  const obstacles: Obstacle[] = [];
  for (const [id, box] of placement.boxes) obstacles.push({ ...box, group: id, frame: box });
  for (const [id, point] of placement.nodes) {
    const card = placement.cards.get(id);
    if (card && placement.boxes.has(card.group)) continue;
    const box = boxOf(point, card);
    obstacles.push({ ...box, group: id, frame: box });
  }
  return obstacles;
}
