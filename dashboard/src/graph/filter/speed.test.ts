import { describe, expect, it } from "vitest";
import { generateGraph } from "../../../dev/generate-graph.mjs";
import type { GraphSnapshot } from "../../api/types";
import { fromSnapshot } from "../model";
import { filtered, wholePictureOf } from "../picture";
import { RateBook } from "../rates";
import { everything } from "./ast";
import { completionsAt } from "./completion";
import { parseFilter } from "./parser";

// Generous, as the machine may be busy: told are the best of five, and what is right is far below.

describe("with 5,000 services and 12,500 dependencies", () => {
  const whole = wholePictureOf(fromSnapshot(generateGraph(5000) as unknown as GraphSnapshot), new RateBook());

  it.each([
    "failing",
    "checkout",
    "ns:check* -state:gone depth:2",
    "(host:host-1 or port:5432) rate>10",
    "path:checkout-front..reporting-sync",
    "breaks:billing-postgres1",
  ])("%s takes at most 20 ms", (text) => {
    const { filter } = parseFilter(text);
    expect(bestOf(() => filtered(whole, filter ?? everything))).toBeLessThanOrEqual(20);
  });

  it("a list of completions takes at most 20 ms", () => {
    expect(bestOf(() => completionsAt("name:ch", 7, whole))).toBeLessThanOrEqual(20);
  });
});

function bestOf(run: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return Math.min(...times);
}
