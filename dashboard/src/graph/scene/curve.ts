import type { Point } from "../layout/geometry";

const stepsOfBend = 12;

/** The points of a route's path as a line of short straight pieces: x, y, x, y. */
export function flatten(path: readonly number[]): Float64Array {
  const bends = (path.length - 2) / 6;
  const points = new Float64Array(2 + bends * stepsOfBend * 2);
  points.set(path.slice(0, 2));
  let out = 2;
  for (let at = 0; at + 7 < path.length; at += 6) {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = path.slice(at, at + 8) as Bend;
    for (let step = 1; step <= stepsOfBend; step++) {
      const t = step / stepsOfBend;
      const u = 1 - t;
      const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
      points[out++] = a * x0 + b * x1 + c * x2 + d * x3;
      points[out++] = a * y0 + b * y1 + c * y2 + d * y3;
    }
  }
  return points;
}

type Bend = [number, number, number, number, number, number, number, number];

/** From the point to the nearest of the line. */
export function distanceTo(points: Float64Array, { x, y }: Point): number {
  let least = Infinity;
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [ax, ay] = [points[i] as number, points[i + 1] as number];
    const [dx, dy] = [(points[i + 2] as number) - ax, (points[i + 3] as number) - ay];
    const length = dx * dx + dy * dy;
    const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / length));
    least = Math.min(least, (ax + t * dx - x) ** 2 + (ay + t * dy - y) ** 2);
  }
  return Math.sqrt(least);
}
