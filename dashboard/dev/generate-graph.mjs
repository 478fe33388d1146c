// A made-up fleet of any size in the operator's JSON, the same for the same arguments: namespaces of about twenty services with
// entries in front and stores behind, calls that mostly go forward, a few hubs that everybody calls, and a few calls back.

import { randomFrom } from "./random.mjs";
import { iso, snapshotOf } from "./snapshot.mjs";

const namespaceSize = 20;
const hubShare = 0.01;
const backShare = 0.03;
const outsideShare = 0.02;

const areas =
  "checkout catalogue search billing identity shipping warehouse pricing reviews messaging analytics fraud loyalty content media returns support partners tax reporting".split(
    " ",
  );
const roles =
  "api gateway worker scheduler planner indexer importer notifier ledger resolver matcher validator renderer router sync quota audit session report export".split(
    " ",
  );
const stores = [
  ["postgres", 5432],
  ["redis", 6379],
  ["kafka", 9092],
];

/**
 * @param {number} services nodes in all, outside addresses included
 * @param {{ edgesPerService?: number, seed?: number, failing?: number }} options failing: the share of edges
 */
export function generateGraph(services, { edgesPerService = 2.5, seed = 1, failing = 0.01 } = {}) {
  const random = randomFrom(seed * 7919 + services);
  const outside = services < 10 ? 0 : Math.max(1, Math.round(services * outsideShare));
  const members = inside(services - outside, random);
  const nodes = [...members.flat(), ...Array.from({ length: outside }, (_, i) => outsideNode(i))];
  const calls = new Calls(random);
  connectAll(calls, members, random);
  const target = Math.round(services * edgesPerService);
  const hubs = Array.from({ length: Math.max(1, Math.round(services * hubShare)) }, () =>
    anyOf(random, members.flat()),
  );
  for (const node of nodes.filter((one) => one.tier === "external")) {
    calls.add(anyOf(random, anyOf(random, members)), node);
  }
  for (let tries = 0; calls.pairs.size < target && tries < target * 20; tries++) {
    addCall(calls, members, hubs, random);
  }
  const edges = [...calls.pairs.values()].map(([from, to]) => edgeBetween(from, to, random));
  markFailing(edges, Math.round(edges.length * failing), random);
  return snapshotOf(0, nodes, edges, { agents: Math.max(1, Math.ceil(services / 50)) });
}

/** A service that comes to the namespace of `caller`, and the call that makes it seen. */
export function addedService(caller, name = "newcomer") {
  const node = {
    ...caller,
    id: `${caller.id}+${name}`,
    name: `${caller.namespace ?? "shop"}-${name}`,
    port: 9999,
    endpoints: ["tcp/10.99.0.1:9999"],
    processes: [{ pid: 99, comm: name, exe: `/app/${name}`, host: caller.hosts[0] ?? "shop-host", alive: true }],
    tier: "service",
    state: "active",
  };
  return { node, edge: edgeBetween(caller, node, randomFrom(1)) };
}

function inside(count, random) {
  const namespaces = Math.max(1, Math.round(count / namespaceSize));
  return Array.from({ length: namespaces }, (_, space) => {
    const size = Math.floor(((space + 1) * count) / namespaces) - Math.floor((space * count) / namespaces);
    return Array.from({ length: size }, (_, i) => insideNode(space, i, size, random));
  });
}

function insideNode(space, i, size, random) {
  const area = areas[space % areas.length] + (space < areas.length ? "" : `-${Math.floor(space / areas.length) + 1}`);
  const behind = size - i - 1;
  const store =
    size >= 5 && behind < Math.max(1, Math.round(size * 0.1)) ? stores[(space + behind) % stores.length] : null;
  const entry = i === 0 && space % 8 === 0;
  const name = `${area}-${store ? `${store[0]}${behind || ""}` : roleOf(i, entry)}`;
  const port = store ? store[1] : entry ? 443 : 8000 + i;
  const host = `host-${1 + ((space * 3 + (i % 3)) % Math.max(1, Math.ceil((space + 1) / 2)))}`;
  const ip = `10.${1 + Math.floor(space / 200)}.${space % 200}.${i + 1}`;
  const state = random() < 0.03 ? "idle" : random() < 0.01 ? "gone" : "active";
  const comm = store ? store[0] : name.slice(0, 15);
  return {
    id: `kubernetes/${area}/${name}`,
    name,
    kind: "kubernetes",
    tier: store ? "data" : entry ? "edge" : "service",
    namespace: area,
    ip,
    port,
    endpoints: [`tcp/${ip}:${port}`],
    hosts: [host],
    processes: [{ pid: 1000 + space * 50 + i, comm, exe: `/app/${comm}`, host, alive: state !== "gone" }],
    state,
    namedBy: "Kubernetes workload",
    inCycle: false,
    firstSeen: iso(-3600),
    lastSeen: iso(state === "active" ? 0 : -1200),
    tags: {},
  };
}

function roleOf(i, entry) {
  if (entry) return "front";
  return roles[i % roles.length] + (i < roles.length ? "" : `-${Math.floor(i / roles.length) + 1}`);
}

function outsideNode(i) {
  const name = `api.partner-${i + 1}.example`;
  return {
    id: `external/${name}`,
    name,
    kind: "external",
    tier: "external",
    namespace: null,
    ip: null,
    port: 443,
    endpoints: [],
    hosts: [],
    processes: [],
    state: "active",
    namedBy: "TLS server name",
    inCycle: false,
    firstSeen: iso(-3600),
    lastSeen: iso(0),
    tags: {},
  };
}

/** Each pair once. Stores and the outside call nobody. */
class Calls {
  pairs = new Map();

  add(from, to) {
    if (from === to || from.tier === "data" || from.tier === "external") return;
    this.pairs.set(`${from.id}>${to.id}`, [from, to]);
  }
}

/** Every service has a caller but the first of all, and every namespace is called from one before it. */
function connectAll(calls, members, random) {
  for (const [space, own] of members.entries()) {
    for (let i = 1; i < own.length; i++) calls.add(callerBefore(own, i, random), own[i]);
    if (space > 0)
      calls.add(callerBefore(members[space - 1 - Math.floor(random() * Math.min(6, space))], 99, random), own[0]);
  }
}

function callerBefore(own, i, random) {
  const callers = own.slice(0, i).filter((node) => node.tier !== "data");
  return anyOf(random, callers.length > 0 ? callers : own);
}

function addCall(calls, members, hubs, random) {
  const space = Math.floor(random() * members.length);
  const own = members[space];
  const dice = random();
  const i = Math.floor(random() * own.length);
  const j = Math.floor(random() * own.length);
  if (dice < backShare) calls.add(own[Math.max(i, j)], own[Math.min(i, j)]);
  else if (dice < 0.1) calls.add(own[i], anyOf(random, hubs));
  else if (dice < 0.3 && space + 1 < members.length) {
    const ahead = members[Math.min(members.length - 1, space + 1 + Math.floor(random() * 6))];
    calls.add(own[i], ahead[Math.floor(random() * Math.min(3, ahead.length))]);
  } else calls.add(own[Math.min(i, j)], own[Math.max(i, j)]);
}

function edgeBetween(from, to, random) {
  // From one in twenty seconds to three hundred a second, most of them slow.
  const opened = Math.round(0.05 * 6000 ** (random() ** 2) * 100) / 100;
  const quiet = [from, to].some((node) => node.state !== "active");
  const active = quiet || random() < 0.4 ? 0 : 1 + Math.floor(random() * 12);
  const total = Math.round(opened * 600) + active + 1;
  return {
    id: `${from.id}>${to.id}/tcp/${to.port}`,
    source: from.id,
    target: to.id,
    transport: "tcp",
    port: to.port,
    connectionsOpened: total,
    connectionsFailed: 0,
    failures: { refused: 0, timedOut: 0, unreachable: 0, abandoned: 0, other: 0 },
    lastFailure: null,
    path: null,
    dialled: [],
    datagramsSent: 0,
    datagramsReceived: 0,
    connectionsClosed: total - active,
    connectionsActive: active,
    bytesSent: total * 420,
    bytesReceived: total * 5300,
    retransmits: Math.round(total / 5000),
    rttMicros: { p50: Math.round(40 + random() * 400), p99: Math.round(900 + random() * 20_000) },
    strength: Math.max(1, Math.min(10, Math.round(Math.log2(1 + total)))),
    evidence: to.tier === "external" ? "client" : "both",
    state: quiet ? "idle" : "active",
    firstSeen: iso(-3600),
    lastSeen: iso(quiet ? -1200 : 0),
  };
}

function markFailing(edges, count, random) {
  const able = edges.filter((edge) => edge.state === "active");
  for (let i = 0; i < count && able.length > 0; i++) {
    const [edge] = able.splice(Math.floor(random() * able.length), 1);
    edge.connectionsFailed = 40 + Math.floor(random() * 400);
    edge.failures.refused = edge.connectionsFailed;
    edge.lastFailure = { reason: "refused", at: iso(0) };
  }
}

function anyOf(random, items) {
  return items[Math.floor(random() * items.length)];
}
