import { describe, expect, it } from "vitest";
import type { GraphEdge } from "../api/types";
import { RateBook } from "./rates";

const at = (opened: number, failed = 0): ReadonlyMap<string, GraphEdge> =>
  new Map([
    [
      "e",
      {
        id: "e",
        connectionsOpened: opened,
        connectionsFailed: failed,
        bytesSent: opened * 10,
        bytesReceived: 0,
      } as GraphEdge,
    ],
  ]);

describe("rates", () => {
  it("are unknown until two counters were seen", () => {
    const book = new RateBook();
    book.observe(0, at(500));
    expect(book.rates("e", 0)).toBeNull();
    expect(book.rates("none", 0)).toBeNull();
  });

  it("are counts over the time between, at most ten seconds", () => {
    const book = new RateBook();
    for (let second = 0; second <= 30; second++) book.observe(second * 1000, at(second < 15 ? 0 : (second - 15) * 8));
    expect(book.rates("e", 30_000)).toMatchObject({ openedPerSecond: 8, sentBytesPerSecond: 80, failedPerSecond: 0 });
  });

  it("fall to nothing when only time goes on", () => {
    const book = new RateBook();
    book.observe(0, at(0));
    book.observe(1000, at(50));
    expect(book.rates("e", 1000)?.openedPerSecond).toBe(50);
    expect(book.rates("e", 5000)?.openedPerSecond).toBe(10);
    expect(book.rates("e", 20_000)?.openedPerSecond).toBe(0);
  });

  it("start anew when a counter went back", () => {
    const book = new RateBook();
    book.observe(0, at(1000));
    book.observe(2000, at(10));
    expect(book.rates("e", 2000)).toBeNull();
    book.observe(4000, at(14));
    expect(book.rates("e", 4000)?.openedPerSecond).toBe(2);
  });

  it("know when the last failure was", () => {
    const book = new RateBook();
    book.observe(0, at(0, 7));
    expect(book.lastFailedMs("e")).toBeNull();
    book.observe(3000, at(0, 8));
    book.observe(6000, at(5, 8));
    expect(book.lastFailedMs("e")).toBe(3000);
  });

  it("forget an edge that left", () => {
    const book = new RateBook();
    book.observe(0, at(0));
    book.observe(1000, at(5));
    book.observe(2000, new Map());
    expect(book.rates("e", 2000)).toBeNull();
  });
});
