import { describe, expect, it } from "vitest";
import { cardOf, graphOf, groupsOf, overlaps, randomFrom, randomGraph, shuffled } from "../../../test/random";
import { findBackEdges } from "./cycles";
import { laneOfGroup } from "./group-graph";
import { indexGraph } from "./indexed";
import { freshPlacement } from "./layout";

const seeds = Array.from({ length: 60 }, (_, i) => i + 1);

describe("a fresh layout", () => {
  it.each(seeds)("places every node in its box and overlaps none (seed %i)", (seed) => {
    const graph = randomGraph(randomFrom(seed), 150, seed % 4 !== 0);
    const placement = freshPlacement(graph);
    expect([...placement.nodes.keys()].sort()).toEqual(graph.nodes.map((node) => node.id).sort());
    expect(overlaps(placement)).toEqual([]);
  });

  it.each(seeds)("is the same whatever order the graph comes in (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const graph = randomGraph(random, 100);
    const groups = shuffled(random, graph.groups);
    const other = { groups, nodes: shuffled(random, graph.nodes), edges: shuffled(random, graph.edges) };
    const sorted = (map: ReadonlyMap<string, unknown>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(freshPlacement(other).nodes)).toEqual(sorted(freshPlacement(graph).nodes));
    expect(sorted(freshPlacement(other).boxes)).toEqual(sorted(freshPlacement(graph).boxes));
  });

  it.each(seeds)("draws edges of a group to the right but the cut ones, and its lanes in order (seed %i)", (seed) => {
    const graph = randomGraph(randomFrom(seed), 60);
    const { nodes } = freshPlacement(graph);
    const x = (id: string) => nodes.get(id)?.x ?? 0;
    const indexed = indexGraph(graph);
    const { back } = findBackEdges(indexed);
    const { ids, group, lane, source, target } = indexed;
    for (const [e, from] of source.entries()) {
      const to = target[e] as number;
      if (group[from] !== group[to] || (lane[from] ?? 0) > (lane[to] ?? 0)) continue;
      const [a, b] = [ids[from] ?? "", ids[to] ?? ""];
      // Ranks that share a column for lack of room are level; never does one lead back.
      if (!back[e] || lane[from] !== lane[to]) expect(x(a), `${a} to ${b}`).toBeLessThanOrEqual(x(b));
    }
    const linked = new Set([...source, ...target]);
    for (const a of linked) {
      for (const b of linked) {
        if (group[a] !== group[b] || (lane[a] ?? 0) >= (lane[b] ?? 0)) continue;
        expect(x(ids[a] ?? "")).toBeLessThan(x(ids[b] ?? ""));
      }
    }
  });

  it("cuts a cycle where the traffic enters it", () => {
    const { nodes } = freshPlacement(graphOf(["gateway>order", "order>payment", "payment>order"]));
    expect(nodes.get("order")?.x).toBeLessThan(nodes.get("payment")?.x ?? 0);
  });

  it("draws a chain as a straight line, through boxes too", () => {
    const inOne = freshPlacement(graphOf(["a>b", "b>c", "c>d"], true));
    expect(new Set([...inOne.nodes.values()].map((point) => point.y)).size).toBe(1);
    const { edges } = graphOf(["a>b", "b>c", "c>d"]);
    const nodes = [cardOf("a", "one"), cardOf("b", "one"), cardOf("c", "two"), cardOf("d", "two")];
    const inTwo = freshPlacement({ groups: groupsOf(nodes), nodes, edges });
    expect(new Set([...inTwo.nodes.values()].map((point) => point.y)).size).toBe(1);
  });

  it("draws a tree without crossings", () => {
    const { nodes } = freshPlacement(graphOf(["a>b", "a>c", "b>z", "b>y", "c>x", "c>w"]));
    const height = (name: string) => nodes.get(name)?.y ?? 0;
    const children = ["z", "y", "x", "w"].sort((a, b) => height(a) - height(b)).join("");
    expect(children).toMatch(/^([zy]{2}[xw]{2}|[xw]{2}[zy]{2})$/);
  });

  it("stands boxes in the lane of their members", () => {
    const lanes = (...members: number[]) => laneOfGroup(Int32Array.from(members.keys()), members);
    expect([lanes(0, 0, 1), lanes(0, 1, 2), lanes(2, 2), lanes(3, 3), lanes(2, 2, 3)]).toEqual([0, 1, 2, 3, 2]);
    const nodes = [cardOf("db", "d", 2), cardOf("api", "s", 1), cardOf("lb", "e", 0), cardOf("stripe", "x", 3)];
    const { boxes } = freshPlacement({ groups: groupsOf(nodes), nodes, edges: [] });
    expect([...boxes].sort(([, a], [, b]) => a.left - b.left).map(([id]) => id)).toEqual(["e", "s", "d", "x"]);
  });

  it("gives collapsed groups no frame and cards of other sizes their room", () => {
    const nodes = [{ ...cardOf("big", "big"), width: 240, height: 90 }, cardOf("a", "one"), cardOf("b", "one")];
    const groups = [
      { id: "big", title: "big", framed: false },
      { id: "one", title: "one", framed: true },
    ];
    const placement = freshPlacement({ groups, nodes, edges: [{ id: "e", source: "big", target: "a" }] });
    expect([...placement.boxes.keys()]).toEqual(["one"]);
    const { left, top, right, bottom } = placement.groups.get("big")?.box ?? { left: 0, top: 0, right: 0, bottom: 0 };
    expect([right - left, bottom - top]).toEqual([240, 90]);
    expect(overlaps(placement)).toEqual([]);
  });

  it("bears a chain of 5,000, a star of 2,000, nothing at all, and 3,000 that do not know each other", () => {
    const chain = Array.from({ length: 5000 }, (_, i) => `n${i}>n${i + 1}`);
    expect(overlaps(freshPlacement(graphOf(chain)))).toEqual([]);
    const star = Array.from({ length: 2000 }, (_, i) => `hub>n${i}`);
    expect(overlaps(freshPlacement(graphOf(star, true)))).toEqual([]);
    expect(freshPlacement({ groups: [], nodes: [], edges: [] }).nodes.size).toBe(0);
    const nodes = Array.from({ length: 3000 }, (_, i) => cardOf(`n${i}`, `g${i % 600}`));
    expect(overlaps(freshPlacement({ groups: groupsOf(nodes), nodes, edges: [] }))).toEqual([]);
  });
});
