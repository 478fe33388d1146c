import type { GraphNode } from "../../api/types";
import type { Nodes } from "../paths";
import { globTest } from "./glob";
import { quoted } from "./print";

/** The services a reference means: by exact name or id, else by pattern, else by a part of the name. */
export function nodesNamed(nodes: Nodes, reference: string): string[] {
  const lower = reference.toLowerCase();
  const where = (holds: (name: string, id: string) => boolean) =>
    [...nodes.values()].filter(({ node }) => holds(node.name.toLowerCase(), node.id)).map(({ node }) => node.id);
  const exact = where((name, id) => name === lower || id === reference);
  if (exact.length > 0) return exact;
  return reference.includes("*") ? where(globTest(reference)) : where((name) => name.includes(lower));
}

/** How a filter's text refers to a service: by its name, or by its id where another has the same name. */
export function referenceTo(node: GraphNode, nodes: Nodes): string {
  const lower = node.name.toLowerCase();
  let same = 0;
  for (const other of nodes.values()) if (other.node.name.toLowerCase() === lower) same++;
  return quoted(same > 1 ? node.id : node.name);
}

/** The filter that shows a service, its callers and its callees. */
export function surroundingsOf(node: GraphNode, nodes: Nodes): string {
  return `name=${referenceTo(node, nodes)} depth:1`;
}
