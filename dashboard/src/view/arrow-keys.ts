import { healthRank } from "../graph/health";
import type { Point } from "../graph/layout/geometry";
import type { ShownEdge } from "../graph/shown";

const directions: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** What an arrow key leads to: the nearest in that direction, where sideways counts double. Null at the edge. */
export function nearestTowards(key: string, from: string, places: ReadonlyMap<string, Point>): string | null {
  const direction = directions[key];
  const start = places.get(from);
  if (!direction || !start) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const [id, point] of places) {
    if (id === from) continue;
    const dx = point.x - start.x;
    const dy = point.y - start.y;
    const ahead = dx * direction.x + dy * direction.y;
    const aside = Math.abs(dx * direction.y) + Math.abs(dy * direction.x);
    const distance = ahead + 2 * aside;
    if (ahead <= 0 || distance >= least) continue;
    [best, least] = [id, distance];
  }
  return best;
}

/** Along an edge, to a callee with the right key and to a caller with the left: what fails first, then the most used. */
export function alongEdge(key: string, from: string, edges: Iterable<ShownEdge>): string | null {
  let best: ShownEdge | null = null;
  for (const edge of edges) {
    const own = key === "ArrowRight" ? edge.source : edge.target;
    if (own !== from || edge.source === edge.target) continue;
    if (!best || before(edge, best)) best = edge;
  }
  if (!best) return null;
  return key === "ArrowRight" ? best.target : best.source;
}

function before(a: ShownEdge, b: ShownEdge): boolean {
  const byHealth = healthRank[a.health] - healthRank[b.health];
  const byRate = (b.rate ?? 0) - (a.rate ?? 0);
  return (byHealth || byRate || (a.id < b.id ? -1 : 1)) < 0;
}
