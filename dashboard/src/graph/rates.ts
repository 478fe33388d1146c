import type { GraphEdge } from "../api/types";

/** What happens a second on a dependency, over the last ten seconds. */
export interface Rates {
  openedPerSecond: number;
  failedPerSecond: number;
  sentBytesPerSecond: number;
  receivedBytesPerSecond: number;
}

interface Sample {
  timeMs: number;
  opened: number;
  failed: number;
  sent: number;
  received: number;
}

const windowMs = 10_000;
/** Two counters closer than this give a number that jumps. */
const leastSpanMs = 900;

/** Turns successive counters into rates. Times are the operator's, so a slow page or network does not bend them. */
export class RateBook {
  #samples = new Map<string, Sample[]>();
  #lastFailedMs = new Map<string, number>();

  /** Takes the counters of the edges as of a time; those that left are forgotten. */
  observe(timeMs: number, edges: ReadonlyMap<string, GraphEdge>): void {
    for (const id of this.#samples.keys()) {
      if (!edges.has(id)) this.forget(id);
    }
    for (const edge of edges.values()) this.#add(timeMs, edge);
  }

  /** Null until two counters far enough apart were seen. */
  rates(edgeId: string, nowMs: number): Rates | null {
    const samples = this.#samples.get(edgeId);
    const last = samples?.at(-1);
    if (!samples || !last) return null;
    const first = samples.findLast((sample) => sample.timeMs <= nowMs - windowMs) ?? samples[0];
    if (!first || nowMs - first.timeMs < leastSpanMs) return null;
    // Counters stand still between samples: the count at the window's start is that of the sample before it.
    const seconds = Math.min(windowMs, nowMs - first.timeMs) / 1000;
    return {
      openedPerSecond: (last.opened - first.opened) / seconds,
      failedPerSecond: (last.failed - first.failed) / seconds,
      sentBytesPerSecond: (last.sent - first.sent) / seconds,
      receivedBytesPerSecond: (last.received - first.received) / seconds,
    };
  }

  /** When the failed counter was last seen to grow, operator's clock; null when it never was. */
  lastFailedMs(edgeId: string): number | null {
    return this.#lastFailedMs.get(edgeId) ?? null;
  }

  forget(edgeId: string): void {
    this.#samples.delete(edgeId);
    this.#lastFailedMs.delete(edgeId);
  }

  #add(timeMs: number, edge: GraphEdge): void {
    const sample = {
      timeMs,
      opened: edge.connectionsOpened,
      failed: edge.connectionsFailed,
      sent: edge.bytesSent,
      received: edge.bytesReceived,
    };
    const samples = this.#samples.get(edge.id);
    const last = samples?.at(-1);
    if (!samples || !last || wentBack(last, sample)) {
      this.#samples.set(edge.id, [sample]);
      return;
    }
    if (sample.failed > last.failed) this.#lastFailedMs.set(edge.id, timeMs);
    if (timeMs <= last.timeMs || same(last, sample)) return;
    samples.push(sample);
    // One sample from before the window stays, as the window's start.
    while (samples[1] && samples[1].timeMs <= timeMs - windowMs) samples.shift();
  }
}

/** Counters of an operator that started anew: nothing can be said across that. */
function wentBack(a: Sample, b: Sample): boolean {
  return b.opened < a.opened || b.failed < a.failed || b.sent < a.sent || b.received < a.received;
}

function same(a: Sample, b: Sample): boolean {
  return b.opened === a.opened && b.failed === a.failed && b.sent === a.sent && b.received === a.received;
}
