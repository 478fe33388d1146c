import { type GroupBy, groupOf } from "./groups";
import { type Health, healthRank } from "./health";
import type { EdgePicture, NodePicture, Picture } from "./picture";

// What stands on the map: services, groups folded into one card, and what runs between those.

export interface ShownService {
  kind: "service";
  id: string;
  group: string;
  picture: NodePicture;
}

/** A group folded into one card; its id is the group's. */
export interface ShownGroup {
  kind: "group";
  id: string;
  group: string;
  title: string;
  members: NodePicture[];
  /** The worst of its members'. */
  health: Health;
  counts: HealthCounts;
  /** Connections a second its members take, or make when nobody calls them; null until known. */
  rate: number | null;
  /** False when none of its members is what the filter asked for. */
  matches: boolean;
}

export type ShownNode = ShownService | ShownGroup;
export type HealthCounts = Record<Health, number>;

/** One dependency, or all that run between two cards of which one is a folded group. */
export interface ShownEdge {
  id: string;
  source: string;
  target: string;
  edges: EdgePicture[];
  health: Health;
  /** Connections opened a second; null until known. */
  rate: number | null;
  /** Connects that failed, and connections open now: the operator's counters. */
  failed: number;
  active: number;
}

export interface GroupState {
  id: string;
  title: string;
  collapsed: boolean;
  members: string[];
}

export interface Shown {
  by: GroupBy;
  groups: Map<string, GroupState>;
  nodes: Map<string, ShownNode>;
  edges: Map<string, ShownEdge>;
  /** True when there are too many services to show each. */
  collapsedByItself: boolean;
}

/** More services than this are folded into their groups. */
export const mostServices = 400;

/** `expand`: never fold by itself. What the reader opened or closed by hand stays so. */
export function shownOf(
  picture: Picture,
  by: GroupBy,
  opened: ReadonlySet<string>,
  closed: ReadonlySet<string>,
  expand = false,
): Shown {
  const collapsedByItself = !expand && by !== "none" && picture.nodes.size > mostServices;
  const groups = groupsOf(picture, by);
  for (const group of groups.values()) {
    // A group of one would say less than the service itself.
    const byItself = collapsedByItself && group.members.length > 1 && !opened.has(group.id);
    group.collapsed = by !== "none" && (byItself || closed.has(group.id));
  }
  const nodes = new Map<string, ShownNode>();
  const cardOf = new Map<string, string>();
  for (const group of groups.values()) {
    const members = group.members.map((id) => picture.nodes.get(id) as NodePicture);
    for (const { node } of members) cardOf.set(node.id, group.collapsed ? group.id : node.id);
    if (group.collapsed) nodes.set(group.id, foldedGroup(group, members));
    else for (const member of members) nodes.set(member.node.id, shownService(member, group.id));
  }
  return { by, groups, nodes, edges: edgesBetween(picture, cardOf), collapsedByItself };
}

function groupsOf(picture: Picture, by: GroupBy): Map<string, GroupState> {
  const groups = new Map<string, GroupState>();
  for (const [id, { node }] of picture.nodes) {
    const { id: groupId, title } = groupOf(node, by);
    const group = groups.get(groupId);
    if (group) group.members.push(id);
    else groups.set(groupId, { id: groupId, title, collapsed: false, members: [id] });
  }
  return groups;
}

function shownService(picture: NodePicture, group: string): ShownService {
  return { kind: "service", id: picture.node.id, group, picture };
}

function foldedGroup({ id, title }: GroupState, members: NodePicture[]): ShownGroup {
  const counts = countsOf(members);
  const health = worst(members.map((member) => member.health));
  const matches = members.some((member) => member.matches);
  return { kind: "group", id, group: id, title, members, health, counts, rate: total(members), matches };
}

export function countsOf(members: Iterable<{ health: Health }>): HealthCounts {
  const counts: HealthCounts = { failing: 0, degraded: 0, active: 0, idle: 0, gone: 0 };
  for (const { health } of members) counts[health]++;
  return counts;
}

function edgesBetween(picture: Picture, cardOf: ReadonlyMap<string, string>): Map<string, ShownEdge> {
  const bundles = new Map<string, ShownEdge>();
  for (const edge of picture.edges.values()) {
    const source = cardOf.get(edge.edge.source);
    const target = cardOf.get(edge.edge.target);
    if (source === undefined || target === undefined) continue;
    const single = source === edge.edge.source && target === edge.edge.target;
    // Inside a folded group.
    if (!single && source === target) continue;
    const id = single ? edge.edge.id : `${source} → ${target}`;
    const bundle = bundles.get(id);
    if (bundle) bundle.edges.push(edge);
    else bundles.set(id, { id, source, target, edges: [edge], health: edge.health, rate: null, failed: 0, active: 0 });
  }
  for (const bundle of bundles.values()) sumUp(bundle);
  return bundles;
}

function sumUp(bundle: ShownEdge): void {
  for (const { edge, health, rates } of bundle.edges) {
    if (healthRank[health] < healthRank[bundle.health]) bundle.health = health;
    if (rates) bundle.rate = (bundle.rate ?? 0) + rates.openedPerSecond;
    bundle.failed += edge.connectionsFailed;
    bundle.active += edge.connectionsActive;
  }
}

export function worst(healths: Iterable<Health>): Health {
  let found: Health = "gone";
  for (const health of healths) if (healthRank[health] < healthRank[found]) found = health;
  return found;
}

function total(members: readonly { rate: number | null }[]): number | null {
  const known = members.flatMap((member) => member.rate ?? []);
  return known.length === 0 ? null : known.reduce((sum, rate) => sum + rate, 0);
}

export function healthOf(node: ShownNode): Health {
  return node.kind === "group" ? node.health : node.picture.health;
}

export function nameOf(node: ShownNode): string {
  return node.kind === "group" ? node.title : node.picture.node.name;
}

/** False for what is shown only as the surroundings of what the filter asked for. */
export function matchesOf(node: ShownNode): boolean {
  return node.kind === "group" ? node.matches : node.picture.matches;
}
