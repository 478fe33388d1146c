import { describe, expect, it } from "vitest";
import { randomFrom, randomShape } from "../../../test/random";
import { cardHeight, cardWidth, type Point } from "../layout/geometry";
import { freshPlacement } from "../layout/layout";
import { findPassages } from "./gaps";
import { routeEdges } from "./routes";

describe("routes of edges", () => {
  it.each(Array.from({ length: 30 }, (_, i) => i + 1))("pass between cards, never over one (seed %i)", (seed) => {
    const shape = randomShape(randomFrom(seed), 60);
    const { positions } = freshPlacement(shape);
    const spans = shape.edges.flatMap(({ source, target }, i) => {
      const [from, to] = [positions.get(source), positions.get(target)];
      return from && to && from.x !== to.x ? [{ id: String(i), from, to }] : [];
    });
    for (const passages of findPassages(spans, positions.values()).values()) {
      for (const { x, y } of passages) {
        const hit = [...positions.values()].find((card) => card.x === x && Math.abs(card.y - y) < cardHeight / 2);
        expect(hit).toBeUndefined();
      }
    }
  });

  const positions = new Map<string, Point>([
    ["a", { x: 0, y: 0 }],
    ["b", { x: 268, y: 0 }],
    ["c", { x: 268, y: 100 }],
  ]);
  const route = (source: string, target: string) => {
    const found = routeEdges([{ id: "e", source, target }], positions).get("e");
    if (!found) throw new Error("no route");
    return found;
  };

  it("end on the side of the card they come from", () => {
    expect(route("a", "b")).toMatchObject({ tip: { x: 268 - cardWidth / 2, y: 0 }, tipDegrees: 0 });
    expect(route("b", "a")).toMatchObject({ tip: { x: cardWidth / 2, y: 0 }, tipDegrees: 180 });
    expect(route("b", "c")).toMatchObject({ tip: { x: 268 + cardWidth / 2, y: 100 }, tipDegrees: 180 });
    expect(route("a", "a")).toMatchObject({ tipDegrees: 90 });
  });

  it("keep a cycle's two edges apart and parallel", () => {
    const lines = [
      { id: "there", source: "a", target: "b" },
      { id: "back", source: "b", target: "a" },
    ];
    const routes = routeEdges(lines, positions);
    const [there, back] = [routes.get("there"), routes.get("back")];
    expect(Math.abs((there?.tip.y ?? 0) - (back?.tip.y ?? 0))).toBeGreaterThanOrEqual(10);
    expect(there?.atSource.y).toBe(there?.tip.y);
  });

  it("leave out edges to nodes that are not placed", () => {
    expect(routeEdges([{ id: "e", source: "a", target: "nowhere" }], positions).size).toBe(0);
  });
});
