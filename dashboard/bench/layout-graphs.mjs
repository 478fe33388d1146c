// The graphs the layouts are compared on: seeded ones like those of a cluster, and the demo's.

import { readFile } from "node:fs/promises";
import { randomFrom } from "../test/random.ts";

const size = { width: 196, height: 60 };

/** Groups of about 20, 70 % of the edges inside one, a shared service for every hundred, 3 % of the edges back. */
export function seededGraph(services, edgesPerService, seed) {
  const random = randomFrom(seed);
  const groups = Math.max(2, Math.round(services / 20));
  const nodes = Array.from({ length: services }, (_, i) => {
    const tier = random();
    const lane = tier < 0.06 ? 0 : tier < 0.88 ? 1 : 2;
    return { id: `s${i}`, group: `g${Math.floor((i * groups) / services)}`, lane, ...size };
  });
  const shared = Array.from({ length: Math.ceil(services / 100) }, () => Math.floor(random() * services));
  const edges = new Map();
  while (edges.size < Math.round(services * edgesPerService)) {
    const a = Math.floor(random() * services);
    const near = Math.floor((a * groups) / services);
    const kind = random();
    let b = Math.floor(random() * services);
    if (kind < 0.7) b = Math.floor(((near + random()) * services) / groups);
    else if (kind < 0.8) b = shared[Math.floor(random() * shared.length)];
    if (a === b) continue;
    const [from, to] = a < b !== random() < 0.03 ? [a, b] : [b, a];
    edges.set(`${from}>${to}`, { id: `${from}>${to}`, source: `s${from}`, target: `s${to}` });
  }
  return framed(nodes, [...edges.values()]);
}

export async function demoGraph() {
  const { nodes, edges } = JSON.parse(await readFile(new URL("demo-graph.json", import.meta.url), "utf8"));
  const lanes = { edge: 0, service: 1, data: 2, external: 3 };
  const cards = nodes.map(([id, tier]) => ({ id, group: tier, lane: lanes[tier], ...size }));
  return framed(
    cards,
    edges.map(([source, target]) => ({ id: `${source}>${target}`, source, target })),
  );
}

function framed(nodes, edges) {
  const groups = [...new Set(nodes.map((node) => node.group))].map((id) => ({ id, title: id, framed: true }));
  return { groups, nodes, edges };
}
