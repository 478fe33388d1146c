import { healthRank } from "./health";
import { lanes } from "./layout/geometry";
import type { EdgePicture, NodePicture } from "./picture";

/** A service as a row of numbers. */
export interface TableRow {
  picture: NodePicture;
  /** Connections a second it takes, and makes; null until known. */
  rate: number | null;
  made: number | null;
  failed: number;
  active: number;
  bytes: number;
  rtt: number | null;
}

export const sortKeys = [
  "state",
  "name",
  "tier",
  "port",
  "callers",
  "callees",
  "rate",
  "made",
  "failed",
  "active",
  "bytes",
  "rtt",
] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Sort {
  key: SortKey;
  falling: boolean;
}

/** Reads "-rate"; what needs a person first when it says nothing known. */
export function readSort(text: string): Sort {
  const falling = text.startsWith("-");
  const key = sortKeys.find((known) => known === (falling ? text.slice(1) : text));
  return key ? { key, falling } : { key: "state", falling: false };
}

export function rowOf(picture: NodePicture): TableRow {
  const { callers, callees } = picture;
  const all = [...callers, ...callees];
  const sum = (edges: EdgePicture[], value: (edge: EdgePicture) => number) =>
    edges.reduce((total, e) => total + value(e), 0);
  const perSecond = (edges: EdgePicture[]) =>
    edges.some((edge) => edge.rates) ? sum(edges, (edge) => edge.rates?.openedPerSecond ?? 0) : null;
  const trips = callers.flatMap((edge) => edge.edge.rttMicros?.p99 ?? []);
  return {
    picture,
    rate: perSecond(callers),
    made: perSecond(callees),
    failed: sum(all, (edge) => edge.edge.connectionsFailed),
    active: sum(callers, (edge) => edge.edge.connectionsActive),
    bytes: sum(all, (edge) => edge.edge.bytesSent + edge.edge.bytesReceived),
    rtt: trips.length > 0 ? Math.max(...trips) : null,
  };
}

/** Made once: comparing by localeCompare makes one for each pair. */
const compareText = new Intl.Collator("en").compare;

/** Equal rows by name, so that they do not change places from tick to tick. What is unknown comes last either way. */
export function sortRows(rows: readonly TableRow[], { key, falling }: Sort): TableRow[] {
  const sign = falling ? -1 : 1;
  return [...rows].sort((a, b) => {
    const x = cellOf(a, key);
    const y = cellOf(b, key);
    if ((x === null) !== (y === null)) return x === null ? 1 : -1;
    const order = x === null || y === null ? 0 : typeof x === "string" ? compareText(x, String(y)) : x - Number(y);
    return sign * order || compareNames(a, b);
  });
}

function compareNames(a: TableRow, b: TableRow): number {
  return compareText(a.picture.node.name, b.picture.node.name) || (a.picture.node.id < b.picture.node.id ? -1 : 1);
}

function cellOf(row: TableRow, key: SortKey): number | string | null {
  const { node, health, callers, callees } = row.picture;
  if (key === "state") return healthRank[health];
  if (key === "name") return node.name;
  if (key === "tier") return lanes.indexOf(node.tier);
  if (key === "port") return node.port;
  if (key === "callers") return new Set(callers.map((edge) => edge.edge.source)).size;
  if (key === "callees") return new Set(callees.map((edge) => edge.edge.target)).size;
  return row[key];
}
