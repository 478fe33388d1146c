import { expect, it } from "vitest";
import { randomFrom } from "../../../test/random";
import { countCrossings, segmentsBetween } from "./crossings";

/** Every pair by itself: they cross when each has its ends on both sides of the other. */
function byEveryPair(source: Int32Array, target: Int32Array, x: Float64Array, y: Float64Array): number {
  const at = (i: number) => [x[i], y[i]] as [number, number];
  const side = (a: number, b: number, c: number) => {
    const [[ax, ay], [bx, by], [cx, cy]] = [at(a), at(b), at(c)];
    return Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
  };
  let count = 0;
  for (let e = 0; e < source.length; e++) {
    for (let f = 0; f < e; f++) {
      const [a, b, c, d] = [source[e], target[e], source[f], target[f]] as [number, number, number, number];
      if (new Set([a, b, c, d]).size < 4) continue;
      if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) count++;
    }
  }
  return count;
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])("counts the crossings of segments between columns (%i)", (seed) => {
  const random = randomFrom(seed);
  const below = (most: number) => Math.floor(random() * most);
  const cells = 40;
  const x = Float64Array.from({ length: cells }, () => 100 * below(6));
  const y = Float64Array.from({ length: cells }, () => below(50));
  const source = Int32Array.from({ length: 120 }, () => below(cells));
  const target = Int32Array.from(source, (from) => (from + 1 + below(cells - 1)) % cells);
  const count = countCrossings(segmentsBetween(source, target, x), y);
  expect(count).toBe(byEveryPair(source, target, x, y));
  expect(count).toBeGreaterThan(100);
});
