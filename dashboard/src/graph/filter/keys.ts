import type { NumberKey, TextKey } from "./ast";

// What can stand before the colon.

export interface KeyInfo {
  /** For the list of completions and the help. */
  hint: string;
  example: string;
  /** What it can be, when that is fixed. */
  values?: readonly string[];
}

const states = ["active", "idle", "gone", "failing", "degraded"];

export const textKeys: Record<TextKey, KeyInfo> = {
  name: { hint: "part of a service's name", example: "name:pay*" },
  host: { hint: "host it runs on", example: "host:web-1" },
  ns: { hint: "namespace, project or slice", example: "ns:shop" },
  kind: { hint: "process, container, systemd …", example: "kind:container" },
  tier: {
    hint: "role: edge, service, data, external",
    example: "tier:data",
    values: ["edge", "service", "data", "external"],
  },
  state: { hint: "active, idle, gone, failing, degraded", example: "state:idle", values: states },
  proto: { hint: "tcp, udp or unix", example: "proto:udp", values: ["tcp", "udp", "unix"] },
};

export const numberKeys: Record<NumberKey, KeyInfo> = {
  port: { hint: "server's port", example: "port:443" },
  rate: { hint: "connections opened a second", example: "rate>10" },
  rtt: { hint: "round trip, 99th percentile", example: "rtt>5ms" },
  bytes: { hint: "bytes a second, both ways", example: "bytes>1MB" },
  active: { hint: "connections open now", example: "active>0" },
  failed: { hint: "connects that failed, in all", example: "failed>0" },
  opened: { hint: "connections opened, in all", example: "opened<10" },
};

export const otherKeys = {
  failing: { hint: "connects failed in the last minute, or always", example: "failing", values: ["true", "false"] },
  path: { hint: "shortest way from A to B", example: "path:gateway..redis" },
  breaks: { hint: "what breaks if it stops", example: "breaks:redis" },
  needs: { hint: "all it depends on", example: "needs:gateway" },
  depth: { hint: "hops of surroundings, 0 to 9", example: "depth:2", values: ["0", "1", "2", "3"] },
} satisfies Record<string, KeyInfo>;

const { failing, ...sets } = otherKeys;
export const keys: Readonly<Record<string, KeyInfo>> = { ...textKeys, failing, ...numberKeys, ...sets };
export const keyNames = Object.keys(keys);

/** What the page calls a role, as the operator calls it. */
const tierNames: Record<string, string> = { entry: "edge", outside: "external" };

export function canonicalTier(value: string): string {
  return tierNames[value] ?? value;
}

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(textKeys, key);
}

export function isNumberKey(key: string): key is NumberKey {
  return Object.hasOwn(numberKeys, key);
}

/** The known word that was probably meant; null when none is near. */
export function nearest(word: string, known: readonly string[]): string | null {
  const short = word.slice(0, 20);
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(short, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const prefix = short.length >= 2 ? known.find((candidate) => candidate.startsWith(short)) : undefined;
  return best && best.distance <= Math.min(2, best.candidate.length - 1) ? best.candidate : (prefix ?? null);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
