import { describe, expect, it } from "vitest";
import { generateGraph } from "../../../dev/generate-graph.mjs";
import type { GraphSnapshot } from "../../api/types";
import { fromSnapshot } from "../model";
import { filtered, wholePictureOf } from "../picture";
import { RateBook } from "../rates";
import { everything } from "./ast";
import { completionsAt } from "./completion";
import { parseFilter } from "./parser";

// A guard against work that grows with the square of the graph, which would take seconds; 5 ms are usual. No measurement: the machine may be busy.
const limitMs = 250;

describe("with 5,000 services and 12,500 dependencies", () => {
  const whole = wholePictureOf(fromSnapshot(generateGraph(5000) as unknown as GraphSnapshot), new RateBook());

  it.each([
    "failing",
    "checkout",
    "ns:check* -state:gone depth:2",
    "(host:host-1 or port:5432) rate>10",
    "path:checkout-front..reporting-sync",
    "breaks:billing-postgres1",
  ])("%s is answered at once", (text) => {
    const { filter } = parseFilter(text);
    expect(bestOf(() => filtered(whole, filter ?? everything))).toBeLessThanOrEqual(limitMs);
  });

  it("completions come at once", () => {
    expect(bestOf(() => completionsAt("name:ch", 7, whole))).toBeLessThanOrEqual(limitMs);
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
