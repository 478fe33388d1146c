import { describe, expect, it } from "vitest";
import { cardOf, graphOf, groupsOf, pick, randomFrom, randomGraph } from "../../../test/random";
import { type Box, boxOf, cardWidth, type LayoutGraph, type Placement } from "../layout/geometry";
import { extendPlacement, freshPlacement } from "../layout/layout";
import { type Route, routeEdges } from "./routes";

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

describe("routes of edges", () => {
  it.each(seeds)("never cross a card, and their marks and labels lie on none (seed %i)", (seed) => {
    const graph = randomGraph(randomFrom(seed), 60, seed % 3 !== 0);
    const placement = freshPlacement(graph);
    const routes = routeEdges(graph.edges, graph, placement);
    expect(routes.size).toBe(graph.edges.filter((edge) => edge.target !== "nowhere").length);
    for (const { id, source, target } of graph.edges) {
      const route = routes.get(id);
      if (!route) continue;
      expect(crossed(route, placement, [source, target]), id).toEqual([]);
      for (const mark of [route.middle, route.atSource, route.atTarget]) {
        expect(cardsAt(placement, mark.x, mark.y), id).toEqual([]);
      }
    }
  });

  // The exception: an opened group's columns may stand out of line with those of boxes above and below it. An edge between one of
  // those and another box then runs straight, over what is between. New services never make that: they stand in line.
  it.each(seeds)("never cross a card after services came one by one (seed %i)", (seed) => {
    const random = randomFrom(seed);
    let graph = randomGraph(random, 40);
    let placement = freshPlacement(graph);
    for (let step = 0; step < 8; step++) {
      const beside = pick(random, graph.nodes);
      const nodes = [...graph.nodes, cardOf(`new${step}`, beside.group, beside.lane)];
      const edges = [...graph.edges, { id: `new${step}`, source: beside.id, target: `new${step}` }];
      graph = { ...graph, nodes, edges };
      placement = extendPlacement(placement, graph);
    }
    for (const [id, route] of routeEdges(graph.edges, graph, placement)) {
      const edge = graph.edges.find((one) => one.id === id);
      expect(crossed(route, placement, [edge?.source ?? "", edge?.target ?? ""]), id).toEqual([]);
    }
  });

  it.each(seeds)("are whole numbers and tenths, inside their bounds, whole curves (seed %i)", (seed) => {
    const graph = randomGraph(randomFrom(seed), 80);
    for (const { path, bounds, tip } of routeEdges(graph.edges, graph, freshPlacement(graph)).values()) {
      expect(path.length % 6).toBe(2);
      expect(path.length).toBeGreaterThanOrEqual(8);
      expect(path.every(Number.isFinite)).toBe(true);
      const [x, y] = [path.at(-2) ?? 0, path.at(-1) ?? 0];
      expect(Math.hypot(tip.x - x, tip.y - y)).toBeLessThan(10);
      for (let i = 0; i < path.length; i += 2) {
        const [px, py] = [path[i] ?? 0, path[i + 1] ?? 0];
        expect(px >= bounds.left && px <= bounds.right && py >= bounds.top && py <= bounds.bottom).toBe(true);
      }
    }
  });

  const square = (lines: LayoutGraph["edges"]) => {
    const graph = { ...graphOf(["a>b", "a>c", "b>d", "c>d"]), edges: lines };
    const placement = freshPlacement(graphOf(["a>b", "a>c", "b>d", "c>d"]));
    return { placement, routes: routeEdges(lines, graph, placement) };
  };

  it("end on the side of the card they come from", () => {
    const lines = [
      { id: "there", source: "a", target: "d" },
      { id: "back", source: "d", target: "b" },
      { id: "level", source: "b", target: "c" },
      { id: "self", source: "a", target: "a" },
    ];
    const { placement, routes } = square(lines);
    const x = (id: string) => placement.nodes.get(id)?.x ?? 0;
    expect(routes.get("there")).toMatchObject({ tip: { x: x("d") - cardWidth / 2 }, tipRadians: 0 });
    expect(routes.get("back")).toMatchObject({ tip: { x: x("b") + cardWidth / 2 }, tipRadians: Math.PI });
    expect(routes.get("level")).toMatchObject({ tip: { x: x("c") + cardWidth / 2 }, tipRadians: Math.PI });
    expect(routes.get("self")?.tipRadians).toBe(Math.PI / 2);
  });

  it("keep a cycle's two edges apart and parallel", () => {
    const { routes } = square([
      { id: "there", source: "a", target: "b" },
      { id: "back", source: "b", target: "a" },
    ]);
    const [there, back] = [routes.get("there"), routes.get("back")];
    expect(Math.abs((there?.tip.y ?? 0) - (back?.atSource.y ?? 0))).toBeGreaterThanOrEqual(10);
  });

  it("lie side by side where they share a gap", () => {
    const names = ["a", "b", "c", "d"];
    const graph = graphOf([...names.map((name) => `${name}>m`), "m>n", ...names.map((name) => `${name}>n`)]);
    const routes = routeEdges(graph.edges, graph, freshPlacement(graph));
    const past = graph.edges.slice(5).map((edge) => routes.get(edge.id)?.path[7]);
    expect(new Set(past).size).toBe(past.length);
  });

  it("leave out edges to nodes that are not placed", () => {
    expect(square([{ id: "e", source: "a", target: "nowhere" }]).routes.size).toBe(0);
  });

  it("past 1,500 run straight from end to end", () => {
    const random = randomFrom(3);
    const nodes = Array.from({ length: 700 }, (_, i) => cardOf(`n${i}`, `g${i % 30}`));
    const edges = Array.from({ length: 2000 }, (_, i) => {
      return { id: `e${i}`, source: pick(random, nodes).id, target: pick(random, nodes).id };
    });
    const graph = { groups: groupsOf(nodes), nodes, edges };
    const routes = [...routeEdges(edges, graph, freshPlacement(graph)).values()];
    expect(routes.length).toBe(2000);
    expect(routes.every(({ path }) => path.length === 8 && path.every(Number.isFinite))).toBe(true);
  });
});

/** Foreign cards under the line, sampled along each curve. */
function crossed(route: Route, placement: Placement, ends: readonly string[]): string[] {
  const found = new Set<string>();
  for (let i = 2; i + 5 < route.path.length; i += 6) {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = route.path.slice(i - 2, i + 6) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let step = 0; step <= 24; step++) {
      const t = step / 24;
      const u = 1 - t;
      const at = (a: number, b: number, c: number, d: number) =>
        u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
      for (const id of cardsAt(placement, at(x0, x1, x2, x3), at(y0, y1, y2, y3))) found.add(id);
    }
  }
  return [...found].filter((id) => !ends.includes(id));
}

function cardsAt(placement: Placement, x: number, y: number): string[] {
  const inside = (box: Box) => x > box.left && x < box.right && y > box.top && y < box.bottom;
  return [...placement.nodes].flatMap(([id, point]) => (inside(boxOf(point, placement.cards.get(id))) ? [id] : []));
}
