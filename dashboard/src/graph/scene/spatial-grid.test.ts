import { expect, it } from "vitest";
import { randomFrom } from "../../../dev/random.mjs";
import type { Box } from "../layout/geometry";
import { distanceTo, flatten } from "./curve";
import { Taken } from "./labels";
import { commonPrefix } from "./prefix";
import { SpatialGrid } from "./spatial-grid";

const random = randomFrom(3);
const boxAnywhere = (size: number): Box => {
  const [left, top] = [random() * 20_000 - 10_000, random() * 20_000 - 10_000];
  return { left, top, right: left + random() * size, bottom: top + random() * size };
};

it("a search by place finds what a search of all would", () => {
  const boxes = Array.from({ length: 500 }, () => boxAnywhere(900));
  const grid = new SpatialGrid(boxes);
  for (let i = 0; i < 200; i++) {
    const sight = boxAnywhere(i % 2 === 0 ? 300 : 15_000);
    const expected = boxes.flatMap((box, at) =>
      box.left <= sight.right && sight.left <= box.right && box.top <= sight.bottom && sight.top <= box.bottom
        ? [at]
        : [],
    );
    expect(grid.within(sight)).toEqual(expected);
  }
});

it("the distance to a bend is that to its nearest point", () => {
  const straight = flatten([0, 0, 30, 0, 60, 0, 90, 0]);
  expect(distanceTo(straight, { x: 45, y: 7 })).toBeCloseTo(7);
  expect(distanceTo(straight, { x: -3, y: 4 })).toBeCloseTo(5);
  expect(distanceTo(flatten([0, 0, 50, 0, 50, 100, 100, 100]), { x: 50, y: 50 })).toBeLessThan(0.5);
});

it("labels take their place once", () => {
  const taken = new Taken();
  const box = { left: 0, top: 0, right: 10, bottom: 10 };
  expect(taken.free(box)).toBe(true);
  taken.take(box);
  expect(taken.free({ left: 11, top: 0, right: 20, bottom: 10 })).toBe(false);
  expect(taken.free({ left: 12, top: 0, right: 20, bottom: 10 })).toBe(true);
});

it.each([
  [["shop-cart-api", "shop-cart-web", "shop-cart-jobs"], "shop-cart-"],
  [["shop-api", "shop-web"], ""],
  [["api", "web", "jobs"], ""],
  [["shopping", "shopper", "shops"], ""],
  [["shop-cart", "shop-cart", "shop-cart"], "shop-"],
  [["shop-", "shop-api", "shop-web"], ""],
])("of %j the common beginning is %j", (names, prefix) => {
  expect(commonPrefix(names)).toBe(prefix);
});
