import { describe, expect, it } from "vitest";
import { cardOf, graphOf, groupsOf, overlaps, pick, randomFrom, randomGraph } from "../../../test/random";
import { emptyPlacement, type LayoutGraph, type Placement } from "./geometry";
import { extendPlacement, freshPlacement, wantsTidying } from "./layout";

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

describe("an extended layout", () => {
  it.each(seeds)("overlaps nothing over 60 random comings and goings (seed %i)", (seed) => {
    const random = randomFrom(seed);
    let graph = randomGraph(random, 60);
    let placement = freshPlacement(graph);
    for (let step = 0; step < 60; step++) {
      graph = changed(random, graph, step);
      placement = extendPlacement(placement, graph);
      expect(placement.nodes.size).toBe(graph.nodes.length);
      expect(overlaps(placement), `step ${step}`).toEqual([]);
    }
  });

  it("overlaps nothing after 1,000 steps, and stays deterministic", () => {
    const run = () => {
      const random = randomFrom(7);
      let graph = randomGraph(random, 200);
      let placement = freshPlacement(graph);
      for (let step = 0; step < 1000; step++) {
        graph = changed(random, graph, step, 0.006);
        placement = extendPlacement(placement, graph);
        if (step % 50 === 0) expect(overlaps(placement), `step ${step}`).toEqual([]);
      }
      expect(overlaps(placement)).toEqual([]);
      return placement;
    };
    expect(run().nodes).toEqual(run().nodes);
  });

  it.each(Array.from({ length: 100 }, (_, i) => i + 1))(
    "moves 0 px outside the group one node is added to, of 500 (seed %i)",
    (seed) => {
      const random = randomFrom(seed);
      const graph = clustered(random, 500, seed);
      const before = freshPlacement(graph);
      const beside = pick(random, graph.nodes);
      const node = { ...cardOf("new", beside.group, Math.floor(random() * 4)) };
      const edges = [
        { id: "one", source: beside.id, target: "new" },
        { id: "two", source: "new", target: pick(random, graph.nodes).id },
      ];
      const after = extendPlacement(before, {
        ...graph,
        nodes: [...graph.nodes, node],
        edges: [...graph.edges, ...edges],
      });
      expect(moved(before, after)).toEqual([]);
      for (const [id, box] of before.boxes) if (id !== beside.group) expect(after.boxes.get(id)).toEqual(box);
      expect(overlaps(after)).toEqual([]);
    },
  );

  it.each(seeds)("moves nothing when nothing new comes (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const graph = randomGraph(random, 100);
    const before = freshPlacement(graph);
    expect(extendPlacement(before, graph)).toEqual(before);
    const fewer = extendPlacement(before, { ...graph, nodes: graph.nodes.filter(() => random() < 0.8), edges: [] });
    expect(moved(before, fewer)).toEqual([]);
  });

  it("puts a new callee right of its caller, at its height when that is free", () => {
    const before = freshPlacement(graphOf(["a>b", "b>c", "a>d"], true));
    const after = extendPlacement(before, graphOf(["a>b", "b>c", "a>d", "d>e"], true));
    expect(after.nodes.get("e")).toEqual({ x: before.nodes.get("c")?.x, y: before.nodes.get("d")?.y });
  });

  it("opens a column for the first node of a role without moving the others", () => {
    const graph = graphOf(["a>b"], true);
    const before = freshPlacement(graph);
    const nodes = [...graph.nodes, cardOf("db", "all", 2)];
    const after = extendPlacement(before, {
      ...graph,
      nodes,
      edges: [...graph.edges, { id: "e", source: "b", target: "db" }],
    });
    expect(after.nodes.get("db")?.x).toBeGreaterThan(before.nodes.get("b")?.x ?? 0);
    expect(moved(before, after)).toEqual([]);
  });

  it("opens a collapsed group where it stood, and collapses it there again", () => {
    const others = Array.from({ length: 12 }, (_, i) => cardOf(`n${i}`, `g${i % 4}`));
    const big = { ...cardOf("big", "big"), width: 220, height: 80 };
    const inside = ["x", "y", "z"].map((id) => cardOf(id, "big"));
    const edges = [
      { id: "1", source: "n0", target: "n1" },
      { id: "2", source: "x", target: "y" },
      { id: "3", source: "n1", target: "n2" },
    ];
    const closed = {
      groups: [...groupsOf(others), { id: "big", title: "", framed: false }],
      nodes: [...others, big],
      edges,
    };
    const opened = { groups: groupsOf([...others, ...inside]), nodes: [...others, ...inside], edges };
    const before = freshPlacement(closed);
    const open = extendPlacement(before, opened);
    expect(overlaps(open)).toEqual([]);
    expect(open.boxes.get("big")?.top).toBe(before.groups.get("big")?.box.top);
    const again = extendPlacement(open, closed);
    expect(again.nodes.get("big")).toEqual(before.nodes.get("big"));
  });

  it("asks for tidying only when much has come", () => {
    const before = freshPlacement(graphOf(["a>b", "b>c"]));
    expect(wantsTidying(before)).toBe(false);
    expect(wantsTidying(extendPlacement(before, graphOf(["a>b", "b>c", "a>d"])))).toBe(false);
    expect(wantsTidying(extendPlacement(before, graphOf(["a>b", "b>c", "a>d", "a>e", "a>f"])))).toBe(true);
  });

  it("of nothing is a fresh one, and of an empty graph nothing", () => {
    const graph = graphOf(["a>b", "b>c"], true);
    expect(extendPlacement(emptyPlacement, graph)).toEqual(freshPlacement(graph));
    expect(extendPlacement(freshPlacement(graph), { groups: [], nodes: [], edges: [] })).toEqual(emptyPlacement);
  });
});

/** What was there before and is elsewhere now. */
function moved(before: Placement, after: Placement): string[] {
  return [...after.nodes].flatMap(([id, { x, y }]) => {
    const was = before.nodes.get(id);
    return was && (was.x !== x || was.y !== y) ? [id] : [];
  });
}

/** Groups of all sizes, from one on: those without a free slot are the hard ones. */
function clustered(random: () => number, count: number, seed: number): LayoutGraph {
  const groups = 20 + ((seed * 13) % 180);
  const nodes = Array.from({ length: count }, (_, i) => {
    const group = Math.floor(groups * random() * random());
    return cardOf(`n${i}`, `g${group}`, random() < 0.7 ? 1 : Math.floor(random() * 4));
  });
  const edges = Array.from({ length: Math.floor(count * 1.5) }, (_, i) => {
    const source = pick(random, nodes);
    const near = nodes.filter((node) => node.group === source.group);
    return { id: `e${i}`, source: source.id, target: (random() < 0.6 ? pick(random, near) : pick(random, nodes)).id };
  });
  return { groups: groupsOf(nodes), nodes, edges };
}

function changed(random: () => number, graph: LayoutGraph, step: number, leave = 0.04): LayoutGraph {
  const nodes = graph.nodes.filter(() => random() > leave);
  const group = random() < 0.1 || nodes.length === 0 ? `late${step}` : pick(random, nodes).group;
  const card = cardOf(`new${step}`, group, Math.floor(random() * 4));
  // Some are larger than others.
  if (random() < 0.7) nodes.push(random() < 0.1 ? { ...card, width: 240, height: 90 } : card);
  const edges = [...graph.edges];
  for (let i = 0; i < 2 && nodes.length > 0; i++) {
    edges.push({ id: `s${step}/${i}`, source: pick(random, nodes).id, target: pick(random, nodes).id });
  }
  return { groups: groupsOf(nodes), nodes, edges };
}
