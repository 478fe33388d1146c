import { describe, expect, it } from "vitest";
import { randomFrom } from "../../test/random";
import { backOffMs, freshness, initialLink } from "./link";
import { ServerEventParser } from "./sse";

const text =
  'id: 7-1\r\nevent: snapshot\r\ndata: {"a":\ndata: 1}\r\n\r\n: comment\n\nid: 7-2\nevent:heartbeat\rdata:x\n\ndata: last\n\n';
const events = [
  { id: "7-1", event: "snapshot", data: '{"a":\n1}' },
  { id: "7-2", event: "heartbeat", data: "x" },
  { id: "7-2", event: "message", data: "last" },
];

describe("the event stream", () => {
  it.each(Array.from({ length: 50 }, (_, i) => i + 1))("reads the same however it is split (seed %i)", (seed) => {
    const random = randomFrom(seed);
    const parser = new ServerEventParser();
    const found = [];
    for (let at = 0; at < text.length; ) {
      const size = Math.floor(random() * 5);
      found.push(...parser.push(text.slice(at, at + size)));
      at += size;
    }
    expect(found).toEqual(events);
  });

  it("says nothing of an event that is not whole", () => {
    expect(new ServerEventParser().push("data: half\n")).toEqual([]);
  });
});

describe("the link", () => {
  const live = { ...initialLink, connected: true, lastMessageAt: 1000 };

  it("is stale after 12 s of silence and lost when it closed", () => {
    expect(freshness(initialLink, 0)).toBe("loading");
    expect(freshness(live, 12_999)).toBe("live");
    expect(freshness(live, 13_000)).toBe("stale");
    expect(freshness({ ...live, connected: false }, 2000)).toBe("lost");
    expect(freshness({ ...initialLink, failures: 1 }, 0)).toBe("lost");
  });

  it("backs off to 15 s and no further", () => {
    const delays = Array.from({ length: 12 }, (_, i) => backOffMs(i + 1, 0));
    expect(delays.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 8000, 15_000]);
    expect(Math.max(...delays)).toBe(15_000);
    expect(backOffMs(1, 0.999)).toBeGreaterThan(330);
  });
});
