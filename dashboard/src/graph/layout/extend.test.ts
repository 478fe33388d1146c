import { describe, expect, it } from "vitest";
import { overlaps, pick, randomFrom, randomShape, shapeOf } from "../../../test/random";
import { extendPlacement, wantsTidying } from "./extend";
import { emptyPlacement, lanes, type Shape } from "./geometry";
import { freshPlacement } from "./layout";

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

describe("an extended layout", () => {
  it.each(seeds)("moves nothing and overlaps nothing over 60 random comings and goings (seed %i)", (seed) => {
    const random = randomFrom(seed);
    let shape = randomShape(random, 40);
    let placement = freshPlacement(shape);
    for (let step = 0; step < 60; step++) {
      shape = changed(random, shape, step);
      const next = extendPlacement(placement, shape);
      for (const node of shape.nodes) {
        const before = placement.positions.get(node.id);
        if (before) expect(next.positions.get(node.id)).toEqual(before);
      }
      expect(next.positions.size).toBe(shape.nodes.length);
      expect(overlaps(next)).toEqual([]);
      placement = next;
    }
  });

  it("puts a new callee right of its caller, at its height when that is free", () => {
    const before = freshPlacement(shapeOf(["a>b", "b>c", "a>d"]));
    const after = extendPlacement(before, shapeOf(["a>b", "b>c", "a>d", "d>e"]));
    expect(after.positions.get("e")).toEqual({ x: before.positions.get("c")?.x, y: before.positions.get("d")?.y });
  });

  it("opens a column for the first node of a role without moving the others", () => {
    const shape = shapeOf(["a>b"]);
    const before = freshPlacement(shape);
    const withData: Shape = {
      nodes: [...shape.nodes, { id: "db", tier: "data" }],
      edges: [...shape.edges, { source: "b", target: "db" }],
    };
    const after = extendPlacement(before, withData);
    expect(after.positions.get("db")?.x).toBeGreaterThan(before.positions.get("b")?.x ?? 0);
    expect(after.columns.at(-1)?.lane).toBe(lanes.indexOf("data"));
  });

  it("asks for tidying only when much has come", () => {
    const before = freshPlacement(shapeOf(["a>b", "b>c"]));
    expect(wantsTidying(before)).toBe(false);
    expect(wantsTidying(extendPlacement(before, shapeOf(["a>b", "b>c", "a>d"])))).toBe(false);
    expect(wantsTidying(extendPlacement(before, shapeOf(["a>b", "b>c", "a>d", "a>e", "a>f"])))).toBe(true);
  });

  it("keeps nothing of an empty graph", () => {
    expect(extendPlacement(emptyPlacement, { nodes: [], edges: [] }).positions.size).toBe(0);
  });
});

function changed(random: () => number, shape: Shape, step: number): Shape {
  const nodes = shape.nodes.filter(() => random() > 0.04);
  const added = random() < 0.7 ? [{ id: `new${step}`, tier: pick(random, lanes) }] : [];
  const all = [...nodes, ...added];
  const edges = [...shape.edges];
  for (let i = 0; i < 2 && all.length > 0; i++) {
    edges.push({ source: (added[0] ?? pick(random, all)).id, target: pick(random, all).id });
  }
  return { nodes: all, edges };
}
