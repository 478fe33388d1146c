import { describe, expect, it } from "vitest";
import { fixtureGraph } from "../../dev/fixture-graph.mjs";
import { pick, randomFrom } from "../../test/random";
import type { GraphSnapshot } from "../api/types";
import { changesText, diffOf, noticedAfter } from "./diff";
import { fromSnapshot } from "./model";
import { wholePictureOf } from "./picture";
import { RateBook } from "./rates";

type Part = Partial<GraphSnapshot>;
const graph = fixtureGraph(10) as GraphSnapshot;
/** With rates, as two looks give them. */
function pictureOf(part: Part = {}) {
  const book = new RateBook();
  const earlier = fromSnapshot(fixtureGraph(8) as GraphSnapshot);
  const model = fromSnapshot({ ...graph, ...part });
  book.observe(earlier.timeMs, earlier.edges);
  book.observe(model.timeMs, model.edges);
  return wholePictureOf(model, book);
}
const said = (before: Part, after: Part) =>
  diffOf(pictureOf(before), pictureOf(after)).map(
    ({ kind, name, detail }) => `${kind} ${name}${detail ? `: ${detail}` : ""}`,
  );
const edge = (source: string, change: object) =>
  graph.edges.map((one) => (one.id.startsWith(`process:${source}>`) ? { ...one, ...change } : one));
const reasons = { refused: 0, timedOut: 0, unreachable: 0, abandoned: 0, other: 0 };

describe("what changed", () => {
  it("is nothing between a moment and itself, also when only counters grew", () => {
    expect(said({}, {})).toEqual([]);
    expect(
      diffOf(pictureOf(), wholePictureOf(fromSnapshot(fixtureGraph(11) as GraphSnapshot), new RateBook())),
    ).toEqual([]);
  });

  it("is who came and who went, with their dependencies", () => {
    const without = {
      nodes: graph.nodes.filter((node) => node.name !== "redis"),
      edges: graph.edges.filter((one) => !one.id.includes("redis")),
    };
    expect(said(without, {})).toEqual(["appeared redis", "appeared product-service → redis"]);
    expect(said({}, without)).toEqual([
      "vanished redis: no longer in the graph",
      "vanished product-service → redis: no longer in the graph",
    ]);
  });

  it("is what began to fail and why, and what recovered", () => {
    const fails = {
      edges: edge("product-service", {
        connectionsActive: 0,
        connectionsFailed: 3,
        failures: { ...reasons, timedOut: 3 },
        lastFailure: { reason: "timed out", at: graph.time },
      }),
    };
    expect(said({}, fails)).toContain("failing product-service → redis: timed out");
    expect(said(fails, {})).toContain("recovered product-service → redis: active");
    // As many as two seconds before: none has failed since.
    const spared = {
      edges: edge("payment-service", { connectionsOpened: 9999, connectionsFailed: 1824, lastFailure: null }),
    };
    expect(said(spared, {})).toContain("failing api.payments.example: nobody gets through to it");
  });

  it("is a new reason of what failed already", () => {
    const more = { ...reasons, refused: 99_999, timedOut: 2 };
    const after = { edges: edge("payment-service", { connectionsFailed: 100_001, failures: more }) };
    expect(said({}, after)).toContain("reason payment-service → api.payments.example: timed out (2)");
  });

  it("of silence for long is a kind of going, and of coming back", () => {
    const gone = {
      nodes: graph.nodes.map((node) => (node.name === "shipping-service" ? { ...node, state: "gone" as const } : node)),
    };
    expect(said({}, gone)).toEqual(["vanished shipping-service: silent for long"]);
    expect(said(gone, {})).toEqual(["appeared shipping-service: it was silent for long"]);
  });

  it.each(Array.from({ length: 50 }, (_, i) => i + 1))("there and back says the opposite (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const some = () => ({
      nodes: graph.nodes.map((node) => ({ ...node, state: pick(random, ["active", "gone"] as const) })),
      edges: graph.edges.filter(() => random() < 0.7),
    });
    const [a, b] = [pictureOf(some()), pictureOf(some())];
    const ids = (kind: string, changes: ReturnType<typeof diffOf>) =>
      changes
        .filter((change) => change.kind === kind)
        .map((change) => change.id)
        .sort();
    const [there, back] = [diffOf(a, b), diffOf(b, a)];
    expect(ids("appeared", there)).toEqual(ids("vanished", back));
    expect(ids("vanished", there)).toEqual(ids("appeared", back));
    expect(new Set(there.map((change) => change.key)).size).toBe(there.length);
  });
});

it("what was noticed keeps its time, and is kept when it is over", () => {
  const away = {
    nodes: graph.nodes.filter((node) => node.name !== "redis"),
    edges: graph.edges.filter((one) => !one.id.includes("redis")),
  };
  const [whole, without] = [pictureOf(), pictureOf(away)];
  const first = noticedAfter([], diffOf(whole, without), 1000);
  const second = noticedAfter(first, diffOf(whole, without), 2000);
  expect(second.map(({ atMs, over }) => [atMs, over])).toEqual([
    [1000, false],
    [1000, false],
  ]);
  const third = noticedAfter(second, [], 3000);
  expect(third.map(({ over }) => over)).toEqual([true, true]);
  expect(changesText(0, third)).toBe(
    "Changes since 1970-01-01T00:00:00.000Z\n\nVanished:\n- 00:00:01 service redis (no longer in the graph; no longer so)\n- 00:00:01 dependency product-service → redis (no longer in the graph; no longer so)\n",
  );
});
