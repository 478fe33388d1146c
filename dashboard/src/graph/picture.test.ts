import { describe, expect, it } from "vitest";
import { fixtureGraph } from "../../dev/fixture-graph.mjs";
import type { GraphSnapshot } from "../api/types";
import { everything } from "./filter/ast";
import { parseFilter } from "./filter/parser";
import { fromSnapshot } from "./model";
import { pictureOf } from "./picture";
import { RateBook } from "./rates";
import { readSort, rowOf, sortRows } from "./table";

function pictureAfter(seconds: number, filter = "") {
  const book = new RateBook();
  let model = fromSnapshot(fixtureGraph(0) as GraphSnapshot);
  for (let second = 0; second <= seconds; second++) {
    model = fromSnapshot(fixtureGraph(second) as GraphSnapshot);
    book.observe(model.timeMs, model.edges);
  }
  return pictureOf(model, book, parseFilter(filter).filter ?? everything);
}

const names = (picture: ReturnType<typeof pictureAfter>, matching = true) =>
  [...picture.nodes.values()].filter((node) => node.matches === matching).map((node) => node.node.name);

describe("the picture", () => {
  it("gives a service the connections it takes, and those it makes when nobody calls it", () => {
    const { nodes } = pictureAfter(20);
    expect(nodes.get("process:gateway")?.rate).toBeCloseTo(120);
    expect(nodes.get("process:generate-traffic")?.rate).toBeCloseTo(120);
    expect(nodes.get("process:postgresql")?.rate).toBe(0);
  });

  it("shows who is failing and whom that degrades", () => {
    const { nodes, failingEdges } = pictureAfter(20);
    expect(failingEdges).toBe(1);
    expect(nodes.get("process:api.payments.example")?.health).toBe("failing");
    expect(nodes.get("process:payment-service")?.health).toBe("degraded");
    expect(nodes.get("process:order-service")?.health).toBe("active");
  });

  it("keeps the neighbours of what the filter asks for", () => {
    const picture = pictureAfter(2, "REDIS");
    expect(names(picture)).toEqual(["redis"]);
    expect(names(picture, false)).toEqual(["product-service"]);
    expect([picture.matching, picture.total]).toEqual([1, 13]);
  });

  it("shows with failing only what fails, and its ends", () => {
    const picture = pictureAfter(2, "failing");
    expect(picture.edges.size).toBe(1);
    expect(names(picture)).toEqual(["payment-service", "api.payments.example"]);
    expect(pictureAfter(2, "failing redis").matching).toBe(0);
  });

  it("bears an edge whose ends were not told yet", () => {
    const graph = fixtureGraph(1) as GraphSnapshot;
    const picture = pictureOf(fromSnapshot({ ...graph, nodes: [] }), new RateBook(), everything);
    expect(picture.edges.size).toBe(0);
  });
});

describe("the table", () => {
  const rows = [...pictureAfter(20).nodes.values()].map(rowOf);
  const first = (sort: string) => sortRows(rows, readSort(sort)).map((row) => row.picture.node.name);

  it("begins with what needs a person", () => {
    expect(first("").slice(0, 2)).toEqual(["api.payments.example", "payment-service"]);
    expect(readSort("nonsense")).toEqual({ key: "state", falling: false });
  });

  it("sorts by any column, and puts what is unknown last either way", () => {
    expect(first("-rate")[0]).toBe("gateway");
    expect(first("-rate").at(-1)).toBe("generate-traffic");
    expect(first("rate").at(-1)).toBe("generate-traffic");
    expect(first("name")[0]).toBe("api.payments.example");
  });
});
