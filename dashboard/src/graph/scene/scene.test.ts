import { describe, expect, it } from "vitest";
import { generateGraph } from "../../../dev/generate-graph.mjs";
import { randomFrom } from "../../../dev/random.mjs";
import { freshPlacement } from "../layout/layout";
import { fromSnapshot } from "../model";
import { wholePictureOf } from "../picture";
import { RateBook } from "../rates";
import { type Shown, shownOf } from "../shown";
import { bundlesOf, mostLines } from "./bundles";
import { highlightOf } from "./highlight";
import { hitAt } from "./hit";
import { layoutGraphOf } from "./layout-graph";
import { levelAt } from "./levels";
import { Routing } from "./routing";
import { apart, type Scene, sceneOf } from "./scene";

function shownWith(services: number, expand = true): Shown {
  const picture = wholePictureOf(fromSnapshot(generateGraph(services) as never), new RateBook());
  return shownOf(picture, "namespace", new Set(), new Set(), expand);
}

function sceneWith(services: number, expand = true): Scene {
  const shown = shownWith(services, expand);
  const graph = layoutGraphOf(shown);
  return sceneOf("key", shown, shown, new Routing(graph, freshPlacement(graph)));
}

const small = sceneWith(40);
const large = sceneWith(300);
const nothingDrawn = { lines: [], ribbons: [] };
const exact = { lines: 6, cards: 0 };

describe("bundles", () => {
  it("are none while there are few edges", () => {
    expect(small.shown.edges.size).toBeLessThanOrEqual(mostLines);
    expect(small.ribbons).toEqual([]);
    expect(small.linesOf("")).toHaveLength(small.shown.edges.size);
  });

  it("hold every edge between groups once, and leave those within one alone", () => {
    const { lines, ribbons } = bundlesOf(large.shown);
    const inside = [...lines.values()].flat();
    const bundled = [...ribbons.values()].flatMap((ribbon) => ribbon.edges);
    expect([...inside, ...bundled].map((edge) => edge.id).sort()).toEqual([...large.shown.edges.keys()].sort());
    const groupOf = (id: string) => large.shown.nodes.get(id)?.group;
    expect(inside.every((edge) => groupOf(edge.source) === groupOf(edge.target))).toBe(true);
    expect(bundled.every((edge) => groupOf(edge.source) !== groupOf(edge.target))).toBe(true);
  });

  it("come heaviest first", () => {
    const rates = large.ribbons.map(({ ribbon }) => ribbon.edges.length);
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
  });
});

describe("pointing", () => {
  it("finds every card at its middle, and its frame by the title", () => {
    for (const card of large.cards) {
      const at = { x: (card.box.left + card.box.right) / 2, y: (card.box.top + card.box.bottom) / 2 };
      expect(hitAt(large, "near", at, exact, nothingDrawn)).toEqual({ kind: "card", card });
    }
    for (const frame of large.frames) {
      const at = { x: frame.box.left + 5, y: frame.box.top + 5 };
      expect(hitAt(large, "mid", at, exact, nothingDrawn)).toEqual({ kind: "frame", frame });
      expect(hitAt(large, "far", at, exact, nothingDrawn)).toEqual({ kind: "frame", frame });
    }
  });

  it("finds a line at its middle", () => {
    const lines = small.linesOf("");
    for (const line of lines) {
      const hit = hitAt(small, "near", line.route.middle, exact, { lines, ribbons: [] });
      // Another may cross there.
      if (hit?.kind === "line") expect(lines).toContain(hit.line);
      else expect(hit?.kind).toBe("card");
    }
  });

  it("looks at few of five thousand", () => {
    const scene = sceneWith(5000);
    const random = randomFrom(1);
    const { left, right, top, bottom } = scene.bounds ?? { left: 0, right: 0, top: 0, bottom: 0 };
    const drawn = { lines: [], ribbons: scene.ribbons.slice(0, 150) };
    const times = Array.from({ length: 200 }, () => {
      const at = { x: left + random() * (right - left), y: top + random() * (bottom - top) };
      const start = performance.now();
      hitAt(scene, "mid", at, exact, drawn);
      return performance.now() - start;
    });
    expect(times.sort((a, b) => a - b)[100]).toBeLessThan(20);
  });
});

describe("highlights", () => {
  it("are a service with its direct neighbours, whose lines leave their ribbons", () => {
    const [id] = large.shown.nodes.keys();
    const highlight = highlightOf(large, { kind: "node", id: id as string });
    for (const edge of large.shown.edges.values()) {
      expect(highlight?.edges.has(edge.id)).toBe(edge.source === id || edge.target === id);
    }
    expect(
      apart(large, highlight?.apart ?? [])
        .map((line) => line.edge.id)
        .sort(),
    ).toEqual((highlight?.apart ?? []).map((edge) => edge.id).sort());
  });

  it("of a ribbon are its edges and their ends", () => {
    const ribbon = large.ribbons[0]?.ribbon;
    const highlight = highlightOf(large, {
      kind: "between",
      source: ribbon?.source ?? "",
      target: ribbon?.target ?? "",
    });
    expect([...(highlight?.edges ?? [])].sort()).toEqual(ribbon?.edges.map((edge) => edge.id).sort());
  });

  it("of what is not on the map are none", () => {
    expect(highlightOf(large, { kind: "node", id: "nobody" })).toBeNull();
    expect(highlightOf(large, { kind: "edge", id: "nothing" })).toBeNull();
    expect(highlightOf(large, { kind: "group", id: "nowhere" })).toBeNull();
  });
});

it("levels follow the zoom", () => {
  expect([0.1, 0.3, 1].map(levelAt)).toEqual(["far", "mid", "near"]);
});
