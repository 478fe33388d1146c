import { type GroupBy, groupings } from "../graph/groups";

/** What a link to this page keeps: everything about how the reader looks at the graph, nothing of the graph. */
export interface Address {
  view: View;
  selected: Selection | null;
  /** What is selected takes the whole page. */
  wide: boolean;
  filter: string;
  /** Column and direction of the table, "-rate" for falling; empty for the default. */
  sort: string;
  /** Null for the grouping that suits the graph. */
  group: GroupBy | null;
  /** Groups opened or collapsed by hand. */
  opened: string[];
  closed: string[];
  /** Never collapse groups by itself, however many services there are. */
  expand: boolean;
  /** Where the reader has moved the map to: its centre in map units, and the zoom. Null: all of it. */
  at: MapPlace | null;
}

export const views = ["map", "services", "changes", "agents"] as const;
export type View = (typeof views)[number];

export type Selection =
  | { kind: "node" | "edge" | "group"; id: string }
  /** A ribbon between two groups, or a group and a service. */
  | { kind: "between"; source: string; target: string };

export interface MapPlace {
  x: number;
  y: number;
  k: number;
}

export const plainAddress: Address = {
  view: "map",
  selected: null,
  wide: false,
  filter: "",
  sort: "",
  group: null,
  opened: [],
  closed: [],
  expand: false,
  at: null,
};

// A link may come from anybody: what is longer is cut, so that no link makes the page slow.
const longestFilter = 2000;
const longestId = 1000;
const mostGroups = 200;
const farthest = 1e6;
const zooms = { least: 0.01, most: 10 };

/** What is selected, by its name in the link; "group" is taken by the grouping. */
const selectionNames = { node: "node", edge: "edge", group: "box" } as const;

/** Pure: the text after the #. Defaults are left out. */
export function writeHash(address: Address): string {
  const parts = new URLSearchParams();
  if (address.view !== "map") parts.set("view", address.view);
  if (address.filter) parts.set("filter", address.filter);
  if (address.sort) parts.set("sort", address.sort);
  if (address.group) parts.set("group", address.group);
  for (const id of address.opened) parts.append("opened", id);
  for (const id of address.closed) parts.append("closed", id);
  if (address.expand) parts.set("expand", "");
  writeSelection(parts, address.selected);
  if (address.wide) parts.set("wide", "");
  if (address.at) parts.set("at", placeText(address.at));
  // A flag needs no "=".
  return parts.toString().replace(/\b(expand|wide)=(?=&|$)/g, "$1");
}

function writeSelection(parts: URLSearchParams, selected: Selection | null): void {
  if (selected?.kind === "between") {
    parts.set("from", selected.source);
    parts.set("to", selected.target);
  } else if (selected) parts.set(selectionNames[selected.kind], selected.id);
}

/** Tenths of a px and thousandths of the zoom are more than can be seen. */
function placeText({ x, y, k }: MapPlace): string {
  return `${roundTo(x, 10)},${roundTo(y, 10)},${roundTo(k, 1000)}`;
}

function roundTo(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}

/** Pure: what it does not know it leaves at the default. */
export function readHash(hash: string): Address {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  // Links of the first version had the agents as a panel.
  const view = parts.has("agents") ? "agents" : parts.get("view");
  const selected = readSelection(parts);
  return {
    view: views.find((known) => known === view) ?? "map",
    selected,
    wide: selected !== null && parts.has("wide"),
    filter: cut(parts.get("filter") ?? "", longestFilter),
    sort: cut(parts.get("sort") ?? "", 40),
    group: groupings.find((known) => known === parts.get("group")) ?? null,
    opened: readIds(parts.getAll("opened")),
    closed: readIds(parts.getAll("closed")),
    expand: parts.has("expand"),
    at: readPlace(parts.get("at")),
  };
}

function readSelection(parts: URLSearchParams): Selection | null {
  for (const kind of ["node", "edge", "group"] as const) {
    const id = parts.get(selectionNames[kind]);
    if (id && id.length <= longestId) return { kind, id };
  }
  const [source, target] = [parts.get("from"), parts.get("to")];
  if (!source || !target || source.length > longestId || target.length > longestId) return null;
  return { kind: "between", source, target };
}

function readIds(ids: string[]): string[] {
  return [...new Set(ids)].filter((id) => id !== "" && id.length <= longestId).slice(0, mostGroups);
}

function readPlace(text: string | null): MapPlace | null {
  const numbers = (text ?? "").split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  const [x, y, k] = numbers;
  if (numbers.length !== 3 || x === undefined || y === undefined || k === undefined) return null;
  const near = Math.abs(x) <= farthest && Math.abs(y) <= farthest;
  return near && k >= zooms.least && k <= zooms.most ? { x, y, k } : null;
}

/** Never between the halves of one character. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\uD800-\uDBFF]$/, "");
}
