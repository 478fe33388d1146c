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
