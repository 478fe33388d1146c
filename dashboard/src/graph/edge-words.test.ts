import { describe, expect, it } from "vitest";
import { fixtureEdge, fixtureGraph } from "../../dev/fixture-graph.mjs";
import type { EdgeAnswer, EdgeReport, GraphEdge, GraphNode } from "../api/types";
import {
  endpointText,
  failureAdvice,
  failureReasons,
  labelOf,
  lastFailureText,
  reportCounts,
  reportText,
  resolutionText,
} from "./edge-words";
import type { EdgePicture } from "./picture";

const graph = fixtureGraph(10);
const answer = fixtureEdge(graph, "process:gateway>process:order-service/tcp/8002") as EdgeAnswer;
const [client, server] = answer.reports as [EdgeReport, EdgeReport];
const edge = (part: Partial<GraphEdge>) => ({ ...answer.edge, ...part }) as GraphEdge;

describe("an edge's words", () => {
  it("name its endpoint by port or by path", () => {
    expect(endpointText(answer.edge)).toBe("tcp :8002");
    expect(endpointText(edge({ transport: "udp", port: 53 }))).toBe("udp :53");
    expect(endpointText(edge({ port: 0 }))).toBe("tcp, various ports");
    expect(endpointText(edge({ transport: "unix", port: 0, path: "@bus" }))).toBe("@bus");
    expect(endpointText(edge({ transport: "unix", port: 0, path: null }))).toBe("unix");
  });

  it("tell failures by reason, most frequent first, and nothing where none is told", () => {
    const failures = { refused: 2, timedOut: 5, unreachable: 0, abandoned: 1, other: 0 };
    expect(failureReasons(edge({ failures })).map(({ reason }) => reason)).toEqual([
      "timed out",
      "refused",
      "given up by the client",
    ]);
    expect(
      failureReasons(edge({ failures: { refused: 0, timedOut: 0, unreachable: 0, abandoned: 0, other: 0 } })),
    ).toEqual([]);
  });

  it.each([
    ["refused", "The last was refused 2 min ago.", "nobody listens on port 8002"],
    ["timed out", "The last timed out 2 min ago.", "Nothing answers"],
    ["unreachable", "The last was unreachable 2 min ago.", "no way to order"],
    ["abandoned", "The last was given up by the client 2 min ago.", "own time limit"],
    ["not told", "The last failed 2 min ago.", "Look whether order listens"],
  ] as const)("tell of the last one that was %s", (reason, text, advice) => {
    const at = new Date(1_000_000).toISOString();
    const failed = edge({ lastFailure: { reason, at } });
    expect(lastFailureText(failed, 1_120_000)).toBe(text);
    expect(failureAdvice(failed, { kind: "process", name: "order" } as GraphNode)).toContain(advice);
    expect(lastFailureText(edge({ lastFailure: null }), 0)).toBe("");
  });

  it("do not look for what has no name", () => {
    const unnamed = { kind: "address", name: "10.0.0.1:80" } as GraphNode;
    expect(failureAdvice(edge({ lastFailure: { reason: "refused", at: "" } }), unnamed)).toContain(
      "whether what should be there runs",
    );
    expect(failureAdvice(edge({}), { kind: "other", name: "other" } as GraphNode)).toContain("folded together");
  });

  it("on the map: rate, what is open, or why it never opened", () => {
    const label = (part: Partial<EdgePicture>) => labelOf({ health: "active", rates: null, ...part } as EdgePicture);
    const failed = { connectionsOpened: 0, connectionsFailed: 3 };
    expect(label({ edge: edge({}) })).toBe("–");
    expect(label({ edge: edge({ connectionsActive: 4 }), rates: { openedPerSecond: 0 } as EdgePicture["rates"] })).toBe(
      "4 open",
    );
    const refused = edge({ ...failed, lastFailure: { reason: "refused", at: "" } });
    expect(label({ health: "failing", edge: refused })).toBe("refused, never opened");
    expect(label({ health: "failing", edge: edge({ ...failed, lastFailure: null }) })).toBe("never opened");
  });
});

describe("a report's words", () => {
  it("say who saw whom do what, and where", () => {
    expect(reportText(client, answer.edge)).toBe(
      "The client's agent on shop-host saw shop (pid 4101) connect to tcp/127.0.0.1:8002",
    );
    expect(reportText({ ...server, networkNamespace: "42" }, answer.edge)).toBe(
      "The server's agent on shop-host saw shop (pid 4103) in network namespace 42 accept at tcp/127.0.0.1:8002 from 127.0.0.1",
    );
    const nobody = { ...client, process: { number: 0, pid: null, comm: null, exe: null } };
    expect(reportText({ ...nobody, serverEndpoint: "unix//run/a.sock" }, edge({ transport: "unix" }))).toBe(
      "The client's agent on shop-host saw a process that could not be told connect to /run/a.sock",
    );
    expect(reportText(client, edge({ transport: "udp" }))).toContain("send to");
  });

  it("say what it counted, and when the other end's count is the one", () => {
    expect(reportCounts(server, answer.edge)).toMatch(/^\d[\d,]* opened, .* sent, .* received; not added/);
    expect(reportCounts({ ...client, counters: { ...client.counters, failed: 2 } }, answer.edge)).toContain("2 failed");
    expect(reportCounts(client, edge({ transport: "udp" }))).toContain("0 datagrams");
    expect(reportCounts(client, edge({ transport: "unix" }))).not.toContain("sent");
  });

  it.each(["listener", "server's report", "client's report", "handshake", "address", "limit", "DNS answer"] as const)(
    "say how the other end was found: %s",
    (resolvedBy) => expect(resolutionText({ ...client, resolvedBy })).toMatch(/the server|The server|limit/),
  );
});
