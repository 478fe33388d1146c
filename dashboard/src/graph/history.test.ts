import { describe, expect, it } from "vitest";
import { randomFrom } from "../../test/random";
import type { GraphEdge } from "../api/types";
import { HistoryBook } from "./history";

const edges = (opened: number, part: Partial<GraphEdge> = {}, ids = ["e"]) =>
  new Map(
    ids.map((id) => [
      id,
      {
        id,
        connectionsOpened: opened,
        connectionsFailed: 0,
        bytesSent: 0,
        bytesReceived: 0,
        rttMicros: null,
        ...part,
      } as GraphEdge,
    ]),
  );

describe("the history of a dependency", () => {
  it("has a point a second, with what happened in it", () => {
    const book = new HistoryBook();
    for (let second = 0; second <= 10; second++) book.observe(second * 1000, edges(second < 5 ? 0 : (second - 5) * 7));
    const history = book.history("e");
    expect(history?.points.map((point) => point.openedPerSecond)).toEqual([0, 0, 0, 0, 0, 7, 7, 7, 7, 7]);
    expect(book.history("none")).toBeNull();
  });

  it("does not jump when messages come off the second", () => {
    const book = new HistoryBook();
    const random = randomFrom(3);
    for (let second = 0; second <= 60; second++) {
      const timeMs = second * 1000 + Math.floor(random() * 400);
      book.observe(timeMs, edges(timeMs / 100));
    }
    const rates = book.history("e")?.points.map((point) => point.openedPerSecond) ?? [];
    for (const rate of rates) expect(rate).toBeCloseTo(10, 1);
  });

  it("coarsens when it is full and loses no count, whatever the time between messages", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomFrom(seed);
      const book = new HistoryBook();
      let [timeMs, opened] = [0, 0];
      book.observe(timeMs, edges(opened));
      for (let i = 0; i < 500; i++) {
        timeMs += 200 + Math.floor(random() * 9000);
        opened += Math.floor(random() * 5);
        book.observe(timeMs, edges(opened, { rttMicros: { p50: 10, p99: 90 } }));
      }
      const history = book.history("e");
      expect(history?.points.length).toBeLessThanOrEqual(120);
      const total = history?.points.reduce((sum, point, i) => {
        const seconds = Math.min(history.stepMs, history.toMs - history.fromMs - i * history.stepMs) / 1000;
        return sum + point.openedPerSecond * seconds;
      }, 0);
      expect(total).toBeCloseTo(opened, 0);
      expect(history?.points.at(-1)).toMatchObject({ rttP50: 10, rttP99: 90 });
    }
  });

  it("says nothing across a counter that went back, and forgets an edge that left", () => {
    const book = new HistoryBook();
    book.observe(0, edges(1000));
    book.observe(1000, edges(10));
    book.observe(2000, edges(12));
    expect(book.history("e")?.points.map((point) => point.openedPerSecond)).toEqual([0, 2]);
    book.observe(3000, new Map());
    expect(book.history("e")).toBeNull();
  });

  it("takes 30 MB at most for 12,500 edges that are all in use, and none for those that are not", () => {
    const ids = Array.from({ length: 12_500 }, (_, i) => `e${i}`);
    const book = new HistoryBook();
    book.observe(0, edges(5, {}, ids));
    for (let second = 1; second <= 200; second += 20) book.observe(second * 1000, edges(5, {}, ids));
    expect(book.bytes).toBe(0);
    for (let second = 201; second <= 700; second += 50) book.observe(second * 1000, edges(second, {}, ids));
    expect(book.bytes).toBeLessThanOrEqual(30e6);
  });
});
