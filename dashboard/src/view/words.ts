import type { Card, Frame } from "../graph/scene/scene";
import type { HealthCounts, ShownEdge, ShownNode } from "../graph/shown";
import { formatRate, plural } from "../graph/units";

// What a screen reader says of what is on the map: all that is drawn, in words.

export function describeCard({ node, name }: Card, callers: number, callees: number): string {
  const parts = node.kind === "group" ? [name, `folded group of ${plural(node.members.length, "service")}`] : [name];
  if (node.kind === "group") parts.push(...problems(node.counts));
  else parts.push(node.picture.health);
  if (node.kind === "service" && node.picture.node.port !== null) parts.push(`port ${node.picture.node.port}`);
  const rate = rateOf(node);
  if (rate !== null) parts.push(`${formatRate(rate).replace("/s", "")} connections per second`);
  parts.push(plural(callers, "caller"), plural(callees, "callee"));
  return parts.join(", ");
}

export function describeFrame({ title, members, counts }: Frame): string {
  return [title, `group of ${plural(members, "service")}`, ...problems(counts)].join(", ");
}

function problems({ failing, degraded }: HealthCounts): string[] {
  return [failing > 0 ? `${failing} failing` : "", degraded > 0 ? `${degraded} degraded` : ""].filter(Boolean);
}

function rateOf(node: ShownNode): number | null {
  return node.kind === "group" ? node.rate : node.picture.rate;
}

/** How many lines come to and leave each card. */
export function degreesOf(edges: Iterable<ShownEdge>): Map<string, { callers: number; callees: number }> {
  const degrees = new Map<string, { callers: number; callees: number }>();
  const of = (id: string) => {
    const own = degrees.get(id) ?? { callers: 0, callees: 0 };
    degrees.set(id, own);
    return own;
  };
  for (const { source, target } of edges) {
    of(source).callees++;
    of(target).callers++;
  }
  return degrees;
}
