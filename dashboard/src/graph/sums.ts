import { type Health, healthRank } from "./health";
import type { EdgePicture, NodePicture } from "./picture";

/** Several dependencies as one row of numbers. */
export interface EdgeSum {
  openedPerSecond: number | null;
  failedPerSecond: number | null;
  bytesPerSecond: number | null;
  opened: number;
  failed: number;
  active: number;
  bytes: number;
  /** The slowest 99th percentile. */
  rttP99: number | null;
}

export function sumOfEdges(edges: Iterable<EdgePicture>): EdgeSum {
  const sum: EdgeSum = {
    openedPerSecond: null,
    failedPerSecond: null,
    bytesPerSecond: null,
    opened: 0,
    failed: 0,
    active: 0,
    bytes: 0,
    rttP99: null,
  };
  for (const { edge, rates } of edges) {
    sum.opened += edge.connectionsOpened;
    sum.failed += edge.connectionsFailed;
    sum.active += edge.connectionsActive;
    sum.bytes += edge.bytesSent + edge.bytesReceived;
    if (edge.rttMicros) sum.rttP99 = Math.max(sum.rttP99 ?? 0, edge.rttMicros.p99);
    if (!rates) continue;
    sum.openedPerSecond = (sum.openedPerSecond ?? 0) + rates.openedPerSecond;
    sum.failedPerSecond = (sum.failedPerSecond ?? 0) + rates.failedPerSecond;
    sum.bytesPerSecond = (sum.bytesPerSecond ?? 0) + rates.sentBytesPerSecond + rates.receivedBytesPerSecond;
  }
  return sum;
}

/** How many are in which state; what needs a person first, and none with no one in it. */
export function healthCounts(nodes: Iterable<NodePicture>): [Health, number][] {
  const counts = new Map<Health, number>();
  for (const { health } of nodes) counts.set(health, (counts.get(health) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => healthRank[a] - healthRank[b]);
}

/** What needs a person first, then the busiest. */
export function byUrgency(a: EdgePicture, b: EdgePicture): number {
  return (
    healthRank[a.health] - healthRank[b.health] ||
    (b.rates?.openedPerSecond ?? 0) - (a.rates?.openedPerSecond ?? 0) ||
    b.edge.connectionsActive - a.edge.connectionsActive ||
    (a.edge.id < b.edge.id ? -1 : 1)
  );
}
