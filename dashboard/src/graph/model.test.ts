import { describe, expect, it } from "vitest";
import { fixtureGraph } from "../../dev/fixture-graph.mjs";
import { pick, randomFrom } from "../../test/random";
import type { GraphChanges, GraphSnapshot } from "../api/types";
import { fromSnapshot, sumOf, withChanges, withTime } from "./model";

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);
const whole = fixtureGraph(100) as GraphSnapshot;

describe("the model", () => {
  it.each(seeds)("is the later snapshot after the changes to it, applied once or twice (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const before = part(random, 1);
    const after = part(random, 2);
    const changes = difference(before, after);
    const once = withChanges(fromSnapshot(before), changes);
    const twice = once && withChanges(once, changes);
    for (const model of [once, twice]) {
      expect(byId([...(model?.nodes.values() ?? [])])).toEqual(byId(after.nodes));
      expect(byId([...(model?.edges.values() ?? [])])).toEqual(byId(after.edges));
      expect(model?.version).toBe(after.version);
    }
  });

  it("asks for a snapshot when changes were missed", () => {
    const model = fromSnapshot({ ...whole, version: 5 });
    expect(withChanges(model, changesOf({ fromVersion: 6, version: 7 }))).toBeNull();
  });

  it("ignores changes older than itself", () => {
    const model = fromSnapshot({ ...whole, version: 5 });
    expect(
      withChanges(model, changesOf({ fromVersion: 2, version: 4, removedNodes: [whole.nodes[0]?.id ?? ""] })),
    ).toBe(model);
  });

  it("has another topology only when something came, left or changed its lane", () => {
    const model = fromSnapshot(whole);
    const next = { fromVersion: model.version, version: model.version + 1 };
    const ticked = withChanges(model, changesOf({ ...next, nodes: whole.nodes, edges: whole.edges }));
    expect(ticked?.topology).toBe(model.topology);
    const left = withChanges(model, changesOf({ ...next, removedEdges: [whole.edges[0]?.id ?? ""] }));
    expect(left?.topology).not.toBe(model.topology);
  });

  it("never goes back in time", () => {
    const model = fromSnapshot(whole);
    expect(withTime(model, "2020-01-01T00:00:00Z").timeMs).toBe(model.timeMs);
  });

  it("refuses what is not a graph, naming the field", () => {
    expect(() => fromSnapshot({} as GraphSnapshot)).toThrow(/"nodes"/);
    expect(() => fromSnapshot({ ...whole, time: "soon" })).toThrow(/"time"/);
  });

  it("sums what overflowed, however it is told", () => {
    expect(sumOf(3)).toBe(3);
    expect(sumOf({ a: 1, b: 2 })).toBe(3);
    expect(sumOf(null)).toBe(0);
  });
});

function part(random: () => number, version: number): GraphSnapshot {
  const nodes = whole.nodes
    .filter(() => random() < 0.8)
    .map((node) => ({ ...node, state: pick(random, ["active", "idle"] as const) }));
  const edges = whole.edges
    .filter(() => random() < 0.8)
    .map((edge) => ({ ...edge, connectionsOpened: Math.floor(random() * 9) }));
  return { ...whole, version, nodes, edges };
}

function difference(before: GraphSnapshot, after: GraphSnapshot): GraphChanges {
  const gone = (a: { id: string }[], b: { id: string }[]) =>
    a.filter((x) => !b.some((y) => y.id === x.id)).map((x) => x.id);
  return {
    ...after,
    fromVersion: before.version,
    removedNodes: gone(before.nodes, after.nodes),
    removedEdges: gone(before.edges, after.edges),
  };
}

function changesOf(part: Partial<GraphChanges>): GraphChanges {
  return { ...whole, fromVersion: 0, nodes: [], edges: [], removedNodes: [], removedEdges: [], ...part };
}

function byId<T extends { id: string }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => (a.id < b.id ? -1 : 1));
}
