import type { GraphNode } from "../api/types";

export const groupings = ["namespace", "host", "tier", "none"] as const;
/** What the map puts into one box. */
export type GroupBy = (typeof groupings)[number];

export interface GroupName {
  id: string;
  title: string;
}

const tierTitles: Record<string, string> = { edge: "Entry", service: "Services", data: "Data", external: "Outside" };
const outside: GroupName = { id: "outside", title: "Outside" };
const everything: GroupName = { id: "all", title: "Everything" };

/** From this many services on, namespaces tell more than the roles do. */
const manyServices = 60;

/** The group a service is shown in. What is not on a host of ours is outside, whatever the grouping. */
export function groupOf(node: GraphNode, by: GroupBy): GroupName {
  if (by === "none") return everything;
  if (by === "tier") return { id: `tier/${node.tier}`, title: tierTitles[node.tier] ?? node.tier };
  if (node.tier === "external" || node.hosts.length === 0) return outside;
  const [first, ...others] = node.hosts;
  if (by === "host")
    return others.length === 0 ? { id: `host/${first}`, title: first ?? "" } : { id: "hosts", title: "Several hosts" };
  return node.namespace
    ? { id: `namespace/${node.namespace}`, title: node.namespace }
    : { id: "no-namespace", title: "No namespace" };
}

/** How a graph is best looked at first. The reader may choose another way. */
export function defaultGroupBy(nodes: Iterable<GraphNode>): GroupBy {
  const all = [...nodes];
  const distinct = (by: GroupBy, prefix: string) =>
    new Set(all.map((node) => groupOf(node, by).id).filter((id) => id.startsWith(prefix))).size;
  if (all.length >= manyServices && distinct("namespace", "namespace/") >= 2) return "namespace";
  return distinct("host", "host/") >= 2 ? "host" : "tier";
}
