// A graph like the demo's, for the browser test: traffic, a gateway, services, stores, an outside address, a failing edge, a
// cycle. Counters grow with the seconds given, so every answer is the same at the same second.

const start = Date.parse("2026-01-02T10:00:00Z");
const iso = (seconds) => new Date(start + seconds * 1000).toISOString();

/** @type {[string, string, string, number | null, string, string][]} name, kind, tier, port, comm, state */
const services = [
  ["generate-traffic", "process", "edge", null, "generate-traffi", "active"],
  ["gateway", "process", "edge", 8000, "shop", "active"],
  ["user-service", "process", "service", 8001, "shop", "active"],
  ["order-service", "process", "service", 8002, "shop", "active"],
  ["product-service", "process", "service", 8003, "shop", "active"],
  ["payment-service", "process", "service", 8004, "shop", "active"],
  ["notification-service", "process", "service", 8005, "shop", "active"],
  ["inventory-service", "process", "service", 8006, "shop", "active"],
  ["shipping-service", "process", "service", 8007, "shop", "idle"],
  ["recommendation-engine-experiment-eu-central-1", "container", "service", 8010, "python3", "gone"],
  ["postgresql", "systemd", "data", 5432, "postgres", "active"],
  ["redis", "systemd", "data", 6379, "redis-server", "active"],
  ["api.payments.example", "external", "external", 443, "", "active"],
];

/** source, target, port, opened a second, failed a second, open now, state */
/** @type {[string, string, number, number, number, number, string][]} */
const dependencies = [
  ["generate-traffic", "gateway", 8000, 120, 0, 4, "active"],
  ["gateway", "user-service", 8001, 40, 0, 0, "active"],
  ["gateway", "order-service", 8002, 24, 0, 1, "active"],
  ["gateway", "product-service", 8003, 62, 0, 0, "active"],
  ["order-service", "payment-service", 8004, 12, 0, 0, "active"],
  ["order-service", "inventory-service", 8006, 22, 0, 0, "active"],
  ["order-service", "notification-service", 8005, 6, 0, 0, "active"],
  ["order-service", "user-service", 8001, 9, 0, 0, "active"],
  ["order-service", "postgresql", 5432, 0, 0, 10, "active"],
  ["user-service", "postgresql", 5432, 0, 0, 8, "active"],
  ["product-service", "redis", 6379, 1.5, 0, 3, "active"],
  ["inventory-service", "product-service", 8003, 4, 0, 0, "active"],
  ["inventory-service", "inventory-service", 8006, 0.4, 0, 0, "active"],
  ["payment-service", "api.payments.example", 443, 0, 3, 0, "active"],
  ["payment-service", "order-service", 8002, 2, 0, 0, "active"],
  ["notification-service", "shipping-service", 8007, 0, 0, 0, "idle"],
  ["gateway", "recommendation-engine-experiment-eu-central-1", 8010, 0, 0, 0, "gone"],
];

const idOf = (name) => `process:${name}`;

function node([name, kind, tier, port, comm, state], i, seconds) {
  return {
    id: idOf(name),
    name,
    kind,
    tier,
    ip: port === null || tier === "external" ? null : "127.0.0.1",
    port,
    endpoints: port === null || tier === "external" ? [] : [`tcp/127.0.0.1:${port}`],
    hosts: tier === "external" ? [] : ["shop-host"],
    processes: comm
      ? [{ pid: 4100 + i, comm, exe: `/opt/shop/${comm}`, host: "shop-host", alive: state !== "gone" }]
      : [],
    state,
    namedBy: tier === "external" ? "address" : tier === "data" ? "systemd unit" : `rule demo/rules.yaml:${4 + i}`,
    inCycle: name === "order-service" || name === "payment-service",
    firstSeen: iso(-3600),
    lastSeen: iso(state === "active" ? seconds : -1200),
    tags: name === "order-service" ? { team: "checkout" } : {},
  };
}

function edge([source, target, port, opened, failed, active, state], seconds) {
  const total = Math.round(opened * (seconds + 600)) + active;
  return {
    id: `${idOf(source)}>${idOf(target)}/tcp/${port}`,
    source: idOf(source),
    target: idOf(target),
    transport: "tcp",
    port,
    connectionsOpened: state === "active" ? total : 40,
    connectionsFailed: Math.round(failed * (seconds + 600)),
    connectionsClosed: state === "active" ? total - active : 40,
    connectionsActive: active,
    bytesSent: total * 420 + active * (seconds + 600) * 900,
    bytesReceived: total * 5300 + active * (seconds + 600) * 12_000,
    retransmits: Math.round(total / 5000),
    rttMicros: failed > 0 ? null : { p50: 38 + port / 200, p99: 300 + port / 10 },
    strength: Math.max(1, Math.min(10, Math.round(Math.log2(1 + total)))),
    evidence: target.includes(".") ? "client" : "both",
    state,
    firstSeen: iso(-3600),
    lastSeen: iso(state === "active" ? seconds : -1200),
  };
}

/** The whole graph as of so many seconds after its start. */
export function fixtureGraph(seconds, { lostFlowEvents = 0, agents = 1, empty = false } = {}) {
  const nodes = empty ? [] : services.map((service, i) => node(service, i, seconds));
  const edges = empty ? [] : dependencies.map((dependency) => edge(dependency, seconds));
  const sum = (field) => edges.reduce((total, one) => total + one[field], 0);
  const agent = {
    hostId: "5d1c0f",
    hostname: "shop-host",
    agentVersion: "0.1.0",
    kernel: "6.1.0-test",
    connected: true,
    startedAt: iso(-3600),
    lastSeen: iso(seconds),
    scope: "/",
    capabilities: [
      { name: "connect4", available: true, detail: null },
      { name: "xdp", available: false, detail: "no interface was named" },
    ],
    lostFlowEvents,
    suppressedFlowEvents: 0,
    counterOverflows: {},
    unattributed: 0,
    wire: [],
  };
  return {
    version: seconds + 1,
    time: iso(seconds),
    nodes,
    edges,
    totals: {
      nodes: nodes.length,
      edges: edges.length,
      connectionsOpened: sum("connectionsOpened"),
      connectionsFailed: sum("connectionsFailed"),
      connectionsClosed: sum("connectionsClosed"),
      connectionsActive: sum("connectionsActive"),
      bytesSent: sum("bytesSent"),
      bytesReceived: sum("bytesReceived"),
      retransmits: sum("retransmits"),
    },
    stats: {
      version: "0.1.0",
      startedAt: iso(-7200),
      agents: Array.from({ length: agents }, () => agent),
      lostFlowEvents,
      suppressedFlowEvents: 0,
      counterOverflows: 0,
      unattributedConnections: 0,
    },
  };
}
