// What every made-up graph of this folder shares: the operator's document round nodes and edges. Times are a function of the
// seconds given, so every answer is the same at the same second.

const start = Date.parse("2026-01-02T10:00:00Z");

/** So many seconds after the made-up start, as the operator writes times. */
export const iso = (seconds) => new Date(start + seconds * 1000).toISOString();

/**
 * @param {number} seconds
 * @param {any[]} nodes
 * @param {any[]} edges
 */
export function snapshotOf(seconds, nodes, edges, { lostFlowEvents = 0, agents = 1, silent = 0, folded = 0 } = {}) {
  return {
    version: seconds + 1,
    time: iso(seconds),
    nodes,
    edges,
    totals: totalsOf(nodes, edges),
    stats: {
      version: "0.1.0",
      startedAt: iso(-7200),
      agents: Array.from({ length: agents }, (_, i) => agent(i, seconds, i >= silent, lostFlowEvents)),
      lostFlowEvents,
      suppressedFlowEvents: 0,
      counterOverflows: 0,
      unattributedConnections: 0,
      limits: [
        { flag: "--max-edges", limit: 100_000, used: edges.length, folded: 0, refused: 0 },
        { flag: "--max-external", limit: 1, used: 1, folded, refused: 0 },
      ],
    },
  };
}

function totalsOf(nodes, edges) {
  const sum = (field) => edges.reduce((total, one) => total + one[field], 0);
  return {
    nodes: nodes.length,
    edges: edges.length,
    connectionsOpened: sum("connectionsOpened"),
    connectionsFailed: sum("connectionsFailed"),
    connectionsClosed: sum("connectionsClosed"),
    connectionsActive: sum("connectionsActive"),
    bytesSent: sum("bytesSent"),
    bytesReceived: sum("bytesReceived"),
    retransmits: sum("retransmits"),
  };
}

function agent(i, seconds, connected, lostFlowEvents) {
  return {
    hostId: `5d1c0f${i === 0 ? "" : i}`,
    hostname: i === 0 ? "shop-host" : `host-${i + 1}`,
    agentVersion: "0.1.0",
    kernel: "6.1.0-test",
    connected,
    startedAt: iso(-3600),
    lastSeen: iso(connected ? seconds : -300),
    scope: "/",
    capabilities: [
      { name: "connect4", available: true, detail: null, since: iso(-3600) },
      { name: "xdp", available: false, detail: "no interface was named" },
    ],
    lostFlowEvents,
    suppressedFlowEvents: 0,
    counterOverflows: {},
    unattributed: 0,
    wire: [],
    programs: [
      { name: "sockops_tracker", runs: 1_204_331, runTimeNs: 178_240_988 },
      { name: "cgroup_connect_tracker", runs: 70_112, runTimeNs: 31_129_728 },
    ],
    selfCheck: { time: iso(seconds), sockets: 1204, explained: 1203, share: 0.999 },
  };
}
