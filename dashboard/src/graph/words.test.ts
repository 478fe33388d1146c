import { describe, expect, it } from "vitest";
import type { GraphEdge } from "../api/types";
import { middleEllipsis, wrapName } from "./ellipsis";
import { edgeHealth, nodeHealth } from "./health";
import { formatAge, formatBytes, formatCount, formatMicros, formatRate } from "./units";

const width = (text: string) => Array.from(text).length;

describe("names", () => {
  it("stay whole when they fit", () => {
    expect(middleEllipsis("orders", 6, width)).toBe("orders");
  });

  it("keep both ends when cut, and fill the room", () => {
    expect(middleEllipsis("payments-api-eu-1", 9, width)).toBe("paym…eu-1");
    for (let room = 1; room < 20; room++)
      expect(width(middleEllipsis("payments-api-eu-1", room, width))).toBeLessThanOrEqual(room);
  });

  it("are not cut inside a character", () => {
    expect(middleEllipsis("👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧", 13, width)).toBe("👩‍👩‍👧…👩‍👩‍👧");
  });

  it("break after a separator", () => {
    expect(wrapName("notification-service", 13, width)).toEqual(["notification-", "service"]);
    expect(wrapName("short", 13, width)).toEqual(["short"]);
    for (const line of wrapName("withoutanyseparatoratall-x", 8, width)) expect(width(line)).toBeLessThanOrEqual(8);
  });
});

describe("numbers", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1.0k"],
    [9949, "9.9k"],
    [9951, "10k"],
    [999_499, "999k"],
    [999_600, "1.0M"],
    [3_400_000_000, "3.4G"],
  ])("%d is counted as %s", (count, text) => expect(formatCount(count)).toBe(text));

  it("have their unit", () => {
    expect([null, 0, 0.04, 0.5, 12, 1234].map(formatRate)).toEqual(["–", "0/s", "<0.1/s", "0.5/s", "12/s", "1.2k/s"]);
    expect([12, 1500, 2e7].map(formatBytes)).toEqual(["12 B", "1.5 kB", "20 MB"]);
    expect([85, 1234, 340_000, 2_100_000].map(formatMicros)).toEqual(["85 µs", "1.2 ms", "340 ms", "2.1 s"]);
    expect([4000, 200_000, 7_200_000, 4e8].map(formatAge)).toEqual(["4 s", "3 min", "2 h", "5 d"]);
  });
});

describe("health", () => {
  const edge = (part: Partial<GraphEdge>) =>
    ({ state: "active", connectionsOpened: 5, connectionsFailed: 0, ...part }) as GraphEdge;
  const sign = (health: "failing" | "active", openedPerSecond = 0) => ({ health, openedPerSecond, active: 0 });

  it("of an edge fails for a minute after a failure, and for as long as it never opened", () => {
    expect(edgeHealth(edge({ connectionsFailed: 3 }), 1000, 60_999)).toBe("failing");
    expect(edgeHealth(edge({ connectionsFailed: 3 }), 1000, 61_000)).toBe("active");
    expect(edgeHealth(edge({ connectionsFailed: 3, connectionsOpened: 0, state: "idle" }), null, 0)).toBe("failing");
    expect(edgeHealth(edge({ connectionsFailed: 3, connectionsOpened: 0, state: "gone" }), null, 0)).toBe("gone");
  });

  it("of a service fails when nobody gets through, and is degraded when some do or what it calls fails", () => {
    expect(nodeHealth("active", [sign("failing")], [])).toBe("failing");
    expect(nodeHealth("active", [sign("failing"), sign("active", 2)], [])).toBe("degraded");
    expect(nodeHealth("active", [sign("active", 2)], [sign("failing")])).toBe("degraded");
    expect(nodeHealth("idle", [], [])).toBe("idle");
  });
});
