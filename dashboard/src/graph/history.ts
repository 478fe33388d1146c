import type { GraphEdge } from "../api/types";

// What happened on each dependency since the page was opened. Bounded: a point is a second until an edge's room is full, then
// two seconds, then four, and so on. 2.4 kB an edge that is in use, nothing but its last counters for one that is not.

const most = 120;
const fields = 5;
const [openedAt, failedAt, bytesAt, p50At, p99At] = [0, 1, 2, 3, 4];
/** A gap longer than this is not filled with what happened somewhere in it: the page was hidden or offline. */
const longestSpreadMs = 60_000;

export interface HistoryPoint {
  /** Its middle, operator's clock. */
  timeMs: number;
  openedPerSecond: number;
  failedPerSecond: number;
  bytesPerSecond: number;
  rttP50: number | null;
  rttP99: number | null;
}

export interface History {
  fromMs: number;
  toMs: number;
  stepMs: number;
  points: HistoryPoint[];
}

interface Track {
  /** When it was first and last looked at. */
  firstMs: number;
  lastMs: number;
  opened: number;
  failed: number;
  bytes: number;
  stepMs: number;
  /** Of point i: fields * i and on; empty until something happens. */
  data: Float32Array;
}

const nothing = new Float32Array(0);

export class HistoryBook {
  readonly #tracks = new Map<string, Track>();

  observe(timeMs: number, edges: ReadonlyMap<string, GraphEdge>): void {
    for (const id of this.#tracks.keys()) if (!edges.has(id)) this.#tracks.delete(id);
    for (const edge of edges.values()) {
      const track = this.#tracks.get(edge.id);
      if (track) add(track, timeMs, edge);
      else this.#tracks.set(edge.id, freshTrack(timeMs, edge));
    }
  }

  /** Null for an edge that is not known. */
  history(edgeId: string): History | null {
    const track = this.#tracks.get(edgeId);
    if (!track) return null;
    const { firstMs, lastMs, stepMs } = track;
    const count = Math.max(0, Math.ceil((lastMs - firstMs) / stepMs));
    const points = Array.from({ length: count }, (_, i) => pointOf(track, i));
    return { fromMs: firstMs, toMs: lastMs, stepMs, points };
  }

  /** Bytes that points take, for tests. */
  get bytes(): number {
    let sum = 0;
    for (const { data } of this.#tracks.values()) sum += data.byteLength;
    return sum;
  }
}

function freshTrack(timeMs: number, edge: GraphEdge): Track {
  return { firstMs: timeMs, lastMs: timeMs, ...countersOf(edge), stepMs: 1000, data: nothing };
}

function countersOf(edge: GraphEdge) {
  return {
    opened: edge.connectionsOpened,
    failed: edge.connectionsFailed,
    bytes: edge.bytesSent + edge.bytesReceived,
  };
}

function add(track: Track, timeMs: number, edge: GraphEdge): void {
  if (timeMs <= track.lastMs) return;
  const bytesNow = edge.bytesSent + edge.bytesReceived;
  const opened = edge.connectionsOpened - track.opened;
  const failed = edge.connectionsFailed - track.failed;
  const bytes = bytesNow - track.bytes;
  const from = Math.max(track.lastMs, timeMs - longestSpreadMs);
  track.opened = edge.connectionsOpened;
  track.failed = edge.connectionsFailed;
  track.bytes = bytesNow;
  track.lastMs = timeMs;
  while (timeMs - track.firstMs > most * track.stepMs) coarsen(track);
  // Counters of an operator that started anew: nothing can be said across that.
  const happened = opened >= 0 && failed >= 0 && bytes >= 0 && opened + failed + bytes > 0;
  if (!happened && track.data.length === 0) return;
  const last = slotOf(track, timeMs - 1);
  makeRoom(track, last + 1);
  if (happened) spread(track, from, timeMs, opened, failed, bytes);
  if (!edge.rttMicros) return;
  track.data[last * fields + p50At] = edge.rttMicros.p50;
  track.data[last * fields + p99At] = edge.rttMicros.p99;
}

function slotOf({ firstMs, stepMs }: Track, timeMs: number): number {
  return Math.floor((timeMs - firstMs) / stepMs);
}

/** Messages do not come on the second: each point gets its share of the time between two of them. */
function spread(track: Track, fromMs: number, toMs: number, opened: number, failed: number, bytes: number): void {
  const { data, firstMs, stepMs } = track;
  const lastSlot = slotOf(track, toMs - 1);
  for (let slot = slotOf(track, fromMs); slot <= lastSlot; slot++) {
    const begin = Math.max(fromMs, firstMs + slot * stepMs);
    const end = Math.min(toMs, firstMs + (slot + 1) * stepMs);
    const share = (end - begin) / (toMs - fromMs);
    const at = slot * fields;
    data[at + openedAt] = (data[at + openedAt] ?? 0) + share * opened;
    data[at + failedAt] = (data[at + failedAt] ?? 0) + share * failed;
    data[at + bytesAt] = (data[at + bytesAt] ?? 0) + share * bytes;
  }
}

function makeRoom(track: Track, slots: number): void {
  const had = track.data.length / fields;
  if (slots <= had) return;
  const grown = new Float32Array(fields * Math.min(most, Math.max(slots, 2 * had, 15)));
  grown.set(track.data);
  for (let slot = had; slot < grown.length / fields; slot++) {
    grown[slot * fields + p50At] = Number.NaN;
    grown[slot * fields + p99At] = Number.NaN;
  }
  track.data = grown;
}

/** Two points become one: counts add up, the median is the mean of both, the slowest is the slower. */
function coarsen(track: Track): void {
  track.stepMs *= 2;
  const { data } = track;
  const value = (slot: number, field: number) => data[slot * fields + field] ?? Number.NaN;
  const half = Math.ceil(data.length / fields / 2);
  const merged = new Float32Array(half * fields);
  for (let slot = 0; slot < half; slot++) {
    const [a, b] = [2 * slot, 2 * slot + 1];
    for (const field of [openedAt, failedAt, bytesAt]) {
      merged[slot * fields + field] = value(a, field) + (value(b, field) || 0);
    }
    merged[slot * fields + p50At] = mean(value(a, p50At), value(b, p50At));
    merged[slot * fields + p99At] = larger(value(a, p99At), value(b, p99At));
  }
  track.data = merged;
}

function mean(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : (a + b) / 2;
}

function larger(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : Math.max(a, b);
}

function pointOf(track: Track, slot: number): HistoryPoint {
  const { data, firstMs, lastMs, stepMs } = track;
  const begin = firstMs + slot * stepMs;
  const seconds = Math.min(stepMs, lastMs - begin) / 1000;
  const perSecond = (field: number) => (data[slot * fields + field] ?? 0) / seconds;
  const measured = (field: number) => {
    const value = data[slot * fields + field] ?? Number.NaN;
    return Number.isNaN(value) ? null : value;
  };
  return {
    timeMs: begin + seconds * 500,
    openedPerSecond: perSecond(openedAt),
    failedPerSecond: perSecond(failedAt),
    bytesPerSecond: perSecond(bytesAt),
    rttP50: measured(p50At),
    rttP99: measured(p99At),
  };
}
