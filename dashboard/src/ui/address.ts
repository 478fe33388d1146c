import { signal } from "@preact/signals";

/** What the address bar holds, so that a link shows another person the same. */
export interface Address {
  view: "map" | "services";
  /** A node's or edge's id, or the agents. */
  selected: Selection | null;
  filter: string;
  /** Column and direction of the table, "-rate" for falling; empty for the default. */
  sort: string;
}

export type Selection = { kind: "node" | "edge"; id: string } | { kind: "agents" };

/** Pure: the text after the #. Defaults are left out. */
export function writeHash(address: Address): string {
  const parts = new URLSearchParams();
  if (address.view !== "map") parts.set("view", address.view);
  if (address.filter) parts.set("filter", address.filter);
  if (address.sort) parts.set("sort", address.sort);
  if (address.selected?.kind === "agents") parts.set("agents", "");
  else if (address.selected) parts.set(address.selected.kind, address.selected.id);
  return parts.toString();
}

/** Pure: what it does not know it leaves at the default. */
export function readHash(hash: string): Address {
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  const node = parts.get("node");
  const edge = parts.get("edge");
  let selected: Selection | null = null;
  if (node) selected = { kind: "node", id: node };
  else if (edge) selected = { kind: "edge", id: edge };
  else if (parts.has("agents")) selected = { kind: "agents" };
  return {
    view: parts.get("view") === "services" ? "services" : "map",
    selected,
    filter: parts.get("filter") ?? "",
    sort: parts.get("sort") ?? "",
  };
}

export const address = signal<Address>(readHash(location.hash));

addEventListener("popstate", () => {
  address.value = readHash(location.hash);
});

/** A step the Back button undoes, except typing, which would fill the history with letters. */
export function go(change: Partial<Address>): void {
  const next = { ...address.peek(), ...change };
  const hash = writeHash(next);
  if (hash === writeHash(address.peek())) return;
  const url = hash ? `#${hash}` : location.pathname + location.search;
  if ("filter" in change || "sort" in change) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  address.value = next;
}

export function select(selected: Selection | null): void {
  go({ selected });
}
