import type { Point } from "../graph/layout/geometry";

const directions: Record<string, Point> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The node an arrow key leads to: the nearest in that direction, where sideways counts double. Null at the edge. */
export function nodeTowards(key: string, from: string, positions: ReadonlyMap<string, Point>, ids: Iterable<string>) {
  const direction = directions[key];
  const start = positions.get(from);
  if (!direction || !start) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const id of ids) {
    const point = positions.get(id);
    if (!point || id === from) continue;
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
