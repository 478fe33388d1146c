import { describe, expect, it } from "vitest";
import { cardOf, groupsOf, pick, randomFrom } from "../../../test/random";
import type { LayoutNode, Placement } from "../layout/geometry";
import { freshPlacement } from "../layout/layout";
import type { Route } from "./route";
import { routeRibbons } from "./routes";

const seeds = Array.from({ length: 30 }, (_, i) => i + 1);

describe("routes of ribbons", () => {
  it.each(seeds)("run between the boxes, never over one (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const { placement, ribbons, graph } = clustered(random, 4 + Math.floor(random() * 30));
    const routes = routeRibbons(ribbons, graph, placement);
    expect(routes.size).toBe(ribbons.length);
    for (const { id, source, target } of ribbons) {
      const route = routes.get(id);
      expect(route?.path.every(Number.isFinite)).toBe(true);
      if (route && source !== target) expect(crossed(route, placement, [source, target]), id).toEqual([]);
    }
  });

  it("lead back below or above all boxes between", () => {
    const nodes = ["a", "b", "c", "d"].map((id) => cardOf(id, `box ${id}`, "abcd".indexOf(id)));
    const edges = ["a>b", "b>c", "c>d"].map((id) => ({ id, source: id.slice(0, 1), target: id.slice(2) }));
    const graph = { groups: groupsOf(nodes), nodes, edges };
    const placement = freshPlacement(graph);
    const x = (id: string) => placement.boxes.get(`box ${id}`)?.left ?? 0;
    expect(x("a") < x("b") && x("b") < x("c") && x("c") < x("d")).toBe(true);
    const lines = ["1", "2"].map((id) => ({ id, source: "box d", target: "box a" }));
    const routes = [...routeRibbons(lines, graph, placement).values()];
    const [top, bottom] = [placement.boxes.get("box b")?.top ?? 0, placement.boxes.get("box b")?.bottom ?? 0];
    const levels = routes.map(({ path }) => path[7] ?? 0);
    for (const y of levels) expect(y < top || y > bottom).toBe(true);
    expect(levels[0]).not.toBe(levels[1]);
    expect(routes[0]?.tipRadians).toBe(Math.PI);
  });
});

/** Boxes of up to 15, and some collapsed groups between them. */
function clustered(random: () => number, count: number) {
  const nodes: LayoutNode[] = [];
  const collapsed = new Set<string>();
  for (let g = 0; g < count; g++) {
    if (random() < 0.3) {
      collapsed.add(`g${g}`);
      nodes.push({ ...cardOf(`g${g}`, `g${g}`), width: 220, height: 76 });
    } else for (let i = 0; i < 1 + random() * 15; i++) nodes.push(cardOf(`g${g}/${i}`, `g${g}`));
  }
  const edges = Array.from({ length: nodes.length * 2 }, (_, i) => {
    return { id: `e${i}`, source: pick(random, nodes).id, target: pick(random, nodes).id };
  });
  const groups = groupsOf(nodes).map((group) => ({ ...group, framed: !collapsed.has(group.id) }));
  const graph = { groups, nodes, edges };
  const ribbons = Array.from({ length: count * 3 }, (_, i) => {
    return { id: `r${i}`, source: pick(random, groups).id, target: pick(random, groups).id };
  });
  return { graph, ribbons, placement: freshPlacement(graph) };
}

/** Boxes of others under the line, sampled along each curve. */
function crossed({ path }: Route, placement: Placement, ends: readonly string[]): string[] {
  const found = new Set<string>();
  for (let i = 2; i + 5 < path.length; i += 6) {
    const p = path.slice(i - 2, i + 6);
    for (let step = 0; step <= 24; step++) {
      const t = step / 24;
      const u = 1 - t;
      const along = (k: number) =>
        u * u * u * (p[k] ?? 0) +
        3 * u * u * t * (p[k + 2] ?? 0) +
        3 * u * t * t * (p[k + 4] ?? 0) +
        t * t * t * (p[k + 6] ?? 0);
      const [x, y] = [along(0), along(1)];
      for (const [id, { box }] of placement.groups) {
        if (x > box.left && x < box.right && y > box.top && y < box.bottom) found.add(id);
      }
    }
  }
  return [...found].filter((id) => !ends.includes(id));
}
