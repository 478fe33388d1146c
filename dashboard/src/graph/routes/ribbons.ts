import { type Box, boxOf, type LayoutGraph, type Placement } from "../layout/geometry";
import { centre, type Draft, drawAll, type Line, sidesOf } from "./between";
import { findPassages } from "./gaps";
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
  const forward = places.filter(({ fromSlab, toSlab }) => fromSlab.index - toSlab.index < 2);
  const backward = places.filter(({ fromSlab, toSlab }) => fromSlab.index - toSlab.index >= 2);
  const spans = forward.map(({ line, fromSlab, toSlab }) => {
    return { id: line.id, from: centre(line.from), to: centre(line.to), fromSlab, toSlab, groups: line.groups };
  });
  const passages = findPassages(spans, slabs);
  const drafts: Draft[] = forward.map(({ line, fromSlab, toSlab }) => {
    return { ...sidesOf(line, fromSlab.index, toSlab.index), fromSlab, toSlab, passages: passages.get(line.id) ?? [] };
  });
  const tracks = new Tracks(slabs, backward.length);
  // The shortest lie nearest to the boxes.
  const span = ({ fromSlab, toSlab }: (typeof places)[number]) => fromSlab.index - toSlab.index;
  for (const { line, fromSlab, toSlab } of backward.sort(
    (a, b) => span(a) - span(b) || (a.line.id < b.line.id ? -1 : 1),
  )) {
    const track = tracks.take(toSlab.index + 1, fromSlab.index - 1, centre(line.from).y, centre(line.to).y);
    drafts.push({ ...sidesOf(line, 1, 0), fromSlab, toSlab, passages: [track] });
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
