// A graph like the demo's, for the browser test: traffic, a gateway, services, stores, an outside address, a failing edge, a
// cycle. Counters grow with the seconds given, so every answer is the same at the same second.

import { iso, snapshotOf } from "./snapshot.mjs";

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
    namespace: kind === "systemd" ? "system.slice" : null,
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
    failures: { refused: Math.round(failed * (seconds + 600)), timedOut: 0, unreachable: 0, abandoned: 0, other: 0 },
    lastFailure: failed > 0 ? { reason: "refused", at: iso(seconds) } : null,
    path: null,
    dialled: target === "redis" ? ["tcp/10.96.0.7:6379"] : [],
    datagramsSent: 0,
    datagramsReceived: 0,
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

/**
 * The whole graph as of so many seconds after its start.
 * @param {number} seconds
 * @param {{ empty?: boolean, lostFlowEvents?: number, agents?: number, silent?: number, folded?: number }} options
 */
export function fixtureGraph(seconds, { empty = false, ...told } = {}) {
  const nodes = empty ? [] : services.map((service, i) => node(service, i, seconds));
  const edges = empty ? [] : dependencies.map((dependency) => edge(dependency, seconds));
  return snapshotOf(seconds, nodes, edges, told);
}

/** Why an edge is there; null where there is none of that id. */
export function fixtureEdge(graph, id) {
  const edge = graph.edges.find((one) => one.id === id);
  if (!edge) return null;
  const end = (node) => ({ id: node.id, name: node.name, kind: node.kind, namedBy: node.namedBy });
  const ends = [edge.source, edge.target].map((name) => graph.nodes.find((node) => node.id === name));
  const report = (role, node) => ({
    host: "5d1c0f",
    hostname: "shop-host",
    role,
    process: { number: 1, pid: node.processes[0]?.pid ?? null, comm: node.processes[0]?.comm ?? null, exe: null },
    networkNamespace: "0",
    serverEndpoint: `tcp/127.0.0.1:${edge.port}`,
    peer: role === "server" ? "127.0.0.1" : null,
    dialled: [],
    serverName: null,
    counted: role === "client",
    counters: {
      opened: edge.connectionsOpened,
      failed: edge.connectionsFailed,
      closed: edge.connectionsClosed,
      bytesSent: edge.bytesSent,
      bytesReceived: edge.bytesReceived,
      retransmits: edge.retransmits,
      refused: edge.failures.refused,
      timedOut: 0,
      unreachable: 0,
      abandoned: 0,
      datagramsSent: 0,
      datagramsReceived: 0,
    },
    firstSeen: edge.firstSeen,
    lastSeen: edge.lastSeen,
    resolvedBy: role === "client" ? "listener" : "client's report",
    since: null,
  });
  return {
    edge,
    source: end(ends[0]),
    target: end(ends[1]),
    reports: [report("client", ends[0]), ...(edge.evidence === "both" ? [report("server", ends[1])] : [])],
    reportsLeftOut: 0,
    samples: [
      {
        time: edge.lastSeen,
        host: "shop-host",
        role: "client",
        local: "127.0.0.1:40000",
        remote: `127.0.0.1:${edge.port}`,
        dialled: null,
        pid: 4100,
        comm: "shop",
        rttMicros: 42,
      },
    ],
  };
}
