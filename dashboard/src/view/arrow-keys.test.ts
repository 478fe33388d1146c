import { expect, it } from "vitest";
import type { ShownEdge } from "../graph/shown";
import { alongEdge, nearestTowards } from "./arrow-keys";

const places = new Map([
  ["a", { x: 0, y: 0 }],
  ["b", { x: 300, y: 20 }],
  ["c", { x: 200, y: 400 }],
  ["d", { x: 0, y: 100 }],
]);

it.each([
  ["ArrowRight", "b"],
  ["ArrowDown", "d"],
  ["ArrowLeft", null],
  ["ArrowUp", null],
  ["Enter", null],
])("%s leads from a to %s", (key, to) => {
  expect(nearestTowards(key, "a", places)).toBe(to);
});

it("along the edges what fails comes first, then what is used most", () => {
  const edge = (source: string, target: string, rate: number, health: ShownEdge["health"] = "active"): ShownEdge => ({
    id: `${source}>${target}`,
    source,
    target,
    edges: [],
    health,
    rate,
    failed: 0,
    active: 0,
  });
  const edges = [edge("a", "b", 1), edge("a", "c", 9), edge("d", "a", 2), edge("a", "a", 50)];
  expect(alongEdge("ArrowRight", "a", edges)).toBe("c");
  expect(alongEdge("ArrowLeft", "a", edges)).toBe("d");
  expect(alongEdge("ArrowRight", "a", [...edges, edge("a", "d", 0, "failing")])).toBe("d");
  expect(alongEdge("ArrowRight", "b", edges)).toBeNull();
});
