import { describe, expect, it } from "vitest";
import type { AgentStats } from "../api/types";
import { costText, foldedCount, limitText, lossesOf, selfCheckText } from "./coverage";

describe("coverage", () => {
  it("is said with its share, which is all only when it is all", () => {
    const check = (sockets: number, explained: number) => selfCheckText({ time: "", sockets, explained, share: 0 });
    expect(check(1204, 1204)).toBe("1,204 of 1,204 open connections explained (100 %)");
    expect(check(99_999, 99_998)).toBe("99,998 of 99,999 open connections explained (99.9 %)");
    expect(check(1, 1)).toBe("1 of 1 open connection explained (100 %)");
    expect(check(0, 0)).toBe("no connection was open");
  });

  it("tells what a program costs by its runs", () => {
    expect(costText({ name: "sockops_tracker", runs: 1_200_000, runTimeNs: 177_600_000 })).toBe("1.2M runs of 148 ns");
    expect(costText({ name: "sockops_tracker", runs: 1, runTimeNs: 90 })).toBe("1 run of 90 ns");
  });

  it("names what was lost, with the option that helps", () => {
    const agent = {
      counterOverflows: { dependency_map: 3, flow_map: 0, service_map: 1, agent_listeners: 4, name_ring: 1, x: 2 },
      unattributed: 1,
    };
    expect(lossesOf(agent as unknown as AgentStats)).toEqual([
      "3 connections in no edge: the agent's --max-dependencies was reached",
      "1 listening endpoint not known: the agent's --max-listeners was reached",
      "4 listening endpoints that came and went unseen: there were too many between two reports",
      "1 DNS answer or TLS hello not read: they came too fast",
      "2 lost for want of room in x",
      "1 connection whose process could not be told",
    ]);
  });
});

it("a limit says what was beyond it and how to raise it", () => {
  const limit = { flag: "--max-edges", limit: 100_000, used: 100_000, folded: 1, refused: 2 };
  expect(limitText(limit)).toBe(
    "1 dependency folded into “other”, 2 not taken: start the operator with a larger --max-edges (now 100,000).",
  );
  expect(limitText({ ...limit, flag: "--max-external", refused: 0 })).toContain(
    "1 outside address folded into “other external addresses”",
  );
  expect(limitText({ ...limit, flag: "--max-addresses-per-service", folded: 2 })).toContain(
    "2 dependencies folded into “other addresses”",
  );
  expect(foldedCount([limit, limit])).toBe(2);
  expect(foldedCount(undefined)).toBe(0);
});
