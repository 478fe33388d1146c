import { quoted } from "./filter/print";
import { type GroupBy, groupOf } from "./groups";
import type { EdgePicture, NodePicture } from "./picture";

// What is in a group, and what runs between two.

export type Nodes = ReadonlyMap<string, NodePicture>;

export interface GroupContent {
  title: string;
  members: NodePicture[];
  /** Its dependencies: among members, into the group, out of it. */
  inside: EdgePicture[];
  into: EdgePicture[];
  out: EdgePicture[];
}

/** Null when no service is in it. */
export function groupContent(id: string, by: GroupBy, nodes: Nodes, edges: Iterable<EdgePicture>): GroupContent | null {
  const members = [...nodes.values()].filter(({ node }) => groupOf(node, by).id === id);
  const [first] = members;
  if (!first) return null;
  const ids = new Set(members.map(({ node }) => node.id));
  const content: GroupContent = { title: groupOf(first.node, by).title, members, inside: [], into: [], out: [] };
  for (const edge of edges) {
    const [from, to] = [ids.has(edge.edge.source), ids.has(edge.edge.target)];
    if (from && to) content.inside.push(edge);
    else if (to) content.into.push(edge);
    else if (from) content.out.push(edge);
  }
  return content;
}

export interface Between {
  sourceTitle: string;
  targetTitle: string;
  edges: EdgePicture[];
}

/** The dependencies from one end to another, each a group or a service; null when an end is neither. */
export function between(
  source: string,
  target: string,
  by: GroupBy,
  nodes: Nodes,
  edges: Iterable<EdgePicture>,
): Between | null {
  const [from, to] = [endOf(source, by, nodes), endOf(target, by, nodes)];
  if (!from || !to) return null;
  const found = [...edges].filter(({ edge }) => from.ids.has(edge.source) && to.ids.has(edge.target));
  return { sourceTitle: from.title, targetTitle: to.title, edges: found };
}

function endOf(id: string, by: GroupBy, nodes: Nodes): { title: string; ids: Set<string> } | null {
  const node = nodes.get(id);
  if (node) return { title: node.node.name, ids: new Set([id]) };
  const members = [...nodes.values()].filter(({ node }) => groupOf(node, by).id === id);
  const [first] = members;
  return first ? { title: groupOf(first.node, by).title, ids: new Set(members.map((member) => member.node.id)) } : null;
}

/** A filter that shows a group's members; null where the language has no word for the group. */
export function groupFilter(id: string): string | null {
  const [key, ...rest] = id.split("/");
  const value = rest.join("/");
  if (id === "outside") return "tier:external";
  if (!value) return null;
  if (key === "tier") return `tier:${value}`;
  return key === "host" ? `host=${quoted(value)}` : `ns=${quoted(value)}`;
}
