import { describe, expect, it } from "vitest";
import { fixtureGraph } from "../../../dev/fixture-graph.mjs";
import { pick, randomFrom } from "../../../test/random";
import type { GraphSnapshot } from "../../api/types";
import { fromSnapshot } from "../model";
import { filtered, wholePictureOf } from "../picture";
import { RateBook } from "../rates";
import { everything } from "./ast";
import golden from "./golden.json";
import { parseFilter } from "./parser";
import { printFilter } from "./print";
import { randomFilter } from "./random-filter";

const read = (text: string) => parseFilter(text).filter ?? everything;

describe("the filter language", () => {
  it.each(golden.reads as [string, string][])("reads %j as %j", (text, printed) => {
    const { filter, error } = parseFilter(text);
    expect(error).toBeNull();
    expect(printFilter(filter ?? everything)).toBe(printed);
    expect(parseFilter(printed).filter).toEqual(filter);
  });

  it.each(golden.errors as [string, number, number, string][])(
    "says of %j what is wrong at %i to %i: %s",
    (text, at, end, words) => {
      const { error } = parseFilter(text);
      expect(error?.message).toContain(words);
      expect([error?.at, error?.end]).toEqual([at, end]);
    },
  );

  it("knows when the text is only not finished", () => {
    const unfinished = ["name:", "rate>", "(a", "a or", "-", '"a', "path:a", "path:a.."];
    expect(unfinished.filter((text) => !parseFilter(text).error?.unfinished)).toEqual([]);
    expect(parseFilter("prot:x").error?.unfinished).toBe(false);
  });

  it.each(Array.from({ length: 300 }, (_, i) => i + 1))("reads what it prints (seed %i)", (seed) => {
    const filter = randomFilter(randomFrom(seed));
    const text = printFilter(filter);
    expect(parseFilter(text), text).toEqual({ filter, error: null });
  });

  it("never throws, whatever is typed, and names a place inside the text", () => {
    const parts = [
      ..."()-\"':=<>!.*\\ x5",
      " or ",
      "and ",
      "not ",
      "name:",
      "path:",
      "depth:",
      "rate>",
      "ü",
      "\u{1f680}",
      "\ud800",
      "\t",
    ];
    for (let seed = 1; seed <= 3000; seed++) {
      const random = randomFrom(seed);
      const text = Array.from({ length: Math.floor(random() * 14) }, () => pick(random, parts)).join("");
      const { error } = parseFilter(text);
      if (!error) continue;
      expect(error.at >= 0 && error.at <= error.end && error.end <= text.length, text).toBe(true);
      expect(error.message.length).toBeGreaterThan(10);
    }
  });

  it("bears no nesting without end, and no text without end", () => {
    expect(parseFilter("(".repeat(2000)).error?.message).toContain("levels");
    expect(parseFilter("-".repeat(2000)).error?.message).toContain("levels");
    expect(parseFilter(`${"(".repeat(32)}a${")".repeat(32)}`).error).toBeNull();
    expect(parseFilter("x".repeat(4001)).error?.message).toContain("4000");
    const stars = `${"a*".repeat(1500)}b`;
    expect(filtered(whole(1), read(stars)).matching).toBe(0);
  });
});

describe("what a filter shows", () => {
  const graph = whole(20);
  it.each(golden.shows)("$text", ({ text, matching, around, edges, notFound = [] }) => {
    const picture = filtered(graph, read(text));
    const names = (matches: boolean) =>
      [...picture.nodes.values()].filter((node) => node.matches === matches).map(({ node }) => node.name);
    expect(names(true).sort()).toEqual([...matching].sort());
    expect(names(false).sort()).toEqual([...around].sort());
    expect(picture.edges.size).toBe(edges);
    expect(picture.notFound).toEqual(notFound);
    expect([picture.matching, picture.total]).toEqual([matching.length, 13]);
  });

  it.each(Array.from({ length: 100 }, (_, i) => i + 1))(
    "is a part of the graph with both ends of each edge (seed %i)",
    (seed) => {
      const { nodes, edges } = filtered(graph, randomFilter(randomFrom(seed)));
      for (const { edge } of edges.values()) expect(nodes.has(edge.source) && nodes.has(edge.target)).toBe(true);
      for (const id of nodes.keys()) expect(graph.nodes.has(id)).toBe(true);
    },
  );
});

function whole(seconds: number) {
  const book = new RateBook();
  let model = fromSnapshot(fixtureGraph(0) as GraphSnapshot);
  for (let second = 0; second <= seconds; second++) {
    model = fromSnapshot(fixtureGraph(second) as GraphSnapshot);
    book.observe(model.timeMs, model.edges);
  }
  return wholePictureOf(model, book);
}
