import { describe, expect, it } from "vitest";
import { overlaps, randomFrom, randomShape, shapeOf, shuffled } from "../../../test/random";
import { edgeKey, findBackEdges } from "./cycles";
import { laneOf } from "./geometry";
import { freshPlacement } from "./layout";
import { neighboursOf } from "./neighbours";

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

describe("a fresh layout", () => {
  it.each(seeds)("places every node and overlaps none (seed %i)", (seed) => {
    const shape = randomShape(randomFrom(seed), 80);
    const placement = freshPlacement(shape);
    expect([...placement.positions.keys()].sort()).toEqual(shape.nodes.map((node) => node.id).sort());
    expect(overlaps(placement)).toEqual([]);
  });

  it.each(seeds)("is the same whatever order the graph comes in (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const shape = randomShape(random, 60);
    const other = { nodes: shuffled(random, shape.nodes), edges: shuffled(random, shape.edges) };
    expect(freshPlacement(other).positions).toEqual(freshPlacement(shape).positions);
  });

  it.each(seeds)("draws every edge of a lane to the right, but the cut ones, and lanes in order (seed %i)", (seed) => {
    const shape = randomShape(randomFrom(seed), 60);
    const placement = freshPlacement(shape);
    const laneById = new Map(shape.nodes.map((node) => [node.id, laneOf(node.tier)]));
    const { backEdges } = findBackEdges(neighboursOf(shape), laneById);
    for (const { source, target } of shape.edges) {
      const a = placement.positions.get(source);
      const b = placement.positions.get(target);
      const [from, to] = [laneById.get(source) ?? 0, laneById.get(target) ?? 0];
      if (!a || !b || source === target || from > to || backEdges.has(edgeKey(source, target))) continue;
      expect(a.x, `${source} to ${target}`).toBeLessThan(b.x);
    }
  });

  it("cuts a cycle where the traffic enters it", () => {
    const shape = shapeOf(["gateway>order", "order>payment", "payment>order"]);
    const { positions } = freshPlacement(shape);
    expect(positions.get("order")?.x).toBeLessThan(positions.get("payment")?.x ?? 0);
  });

  it("draws a chain as a straight line", () => {
    const { positions } = freshPlacement(shapeOf(["a>b", "b>c", "c>d"]));
    expect(new Set([...positions.values()].map((point) => point.y)).size).toBe(1);
  });

  it("draws a tree without crossings", () => {
    const { positions } = freshPlacement(shapeOf(["a>b", "a>c", "b>z", "b>y", "c>x", "c>w"]));
    const below = (name: string) => positions.get(name)?.y ?? 0;
    const children = ["z", "y", "x", "w"].sort((a, b) => below(a) - below(b)).join("");
    expect(children).toMatch(/^([zy]{2}[xw]{2}|[xw]{2}[zy]{2})$/);
  });

  it("bears a chain of 5,000 and a star of 2,000", () => {
    const chain = Array.from({ length: 5000 }, (_, i) => `n${i}>n${i + 1}`);
    expect(freshPlacement(shapeOf(chain)).positions.size).toBe(5001);
    const star = Array.from({ length: 2000 }, (_, i) => `hub>n${i}`);
    expect(overlaps(freshPlacement(shapeOf(star.slice(0, 500))))).toEqual([]);
    expect(freshPlacement(shapeOf(star)).positions.size).toBe(2001);
  });
});
