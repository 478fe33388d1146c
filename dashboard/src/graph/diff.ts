import type { GraphEdge } from "../api/types";
import { failureReasons } from "./edge-words";
import type { EdgePicture, NodePicture, Picture } from "./picture";

// What is different between two moments of the graph. Pure: a moment is a whole picture.

export const changeKinds = ["failing", "reason", "appeared", "vanished", "recovered"] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface Change {
  /** The same change has the same key, whenever it is looked at. */
  key: string;
  kind: ChangeKind;
  what: "service" | "dependency";
  id: string;
  name: string;
  /** In words; may be empty. */
  detail: string;
}

type Moment = Pick<Picture, "nodes" | "edges">;

/** Services first, each kind by name. */
export function diffOf(before: Moment, now: Moment): Change[] {
  if (before === now) return [];
  const changes = [...nodeChanges(before, now), ...edgeChanges(before, now)];
  return changes.sort(
    (a, b) =>
      changeKinds.indexOf(a.kind) - changeKinds.indexOf(b.kind) ||
      (a.what === b.what ? 0 : a.what === "service" ? -1 : 1) ||
      (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) ||
      (a.key < b.key ? -1 : 1),
  );
}

function nodeChanges(before: Moment, now: Moment): Change[] {
  const changes: Change[] = [];
  const add = (kind: ChangeKind, { node }: NodePicture, detail = "") =>
    changes.push({ key: `${kind} ${node.id}`, kind, what: "service", id: node.id, name: node.name, detail });
  for (const [id, node] of now.nodes) {
    const was = before.nodes.get(id);
    if (was === node) continue;
    if (isHere(node) && !isHere(was)) add("appeared", node, was ? "it was silent for long" : "");
    if (was && isHere(was) && !isHere(node)) add("vanished", node, "silent for long");
    // Whether anybody gets through to it is not known before rates are.
    if (was && isBlind(was)) continue;
    if (node.health === "failing" && was?.health !== "failing") add("failing", node, "nobody gets through to it");
    if (was?.health === "failing" && node.health !== "failing" && isHere(node)) add("recovered", node, node.health);
  }
  for (const [id, was] of before.nodes)
    if (!now.nodes.has(id) && isHere(was)) add("vanished", was, "no longer in the graph");
  return changes;
}

function edgeChanges(before: Moment, now: Moment): Change[] {
  const changes: Change[] = [];
  const add = (kind: ChangeKind, { edge, source, target }: EdgePicture, detail = "") => {
    const name = `${source.name} → ${target.name}`;
    changes.push({ key: `${kind} ${edge.id}`, kind, what: "dependency", id: edge.id, name, detail });
  };
  for (const [id, edge] of now.edges) {
    const was = before.edges.get(id);
    if (was === edge) continue;
    if (isHere(edge) && !isHere(was)) add("appeared", edge, was ? "it was silent for long" : "");
    if (was && isHere(was) && !isHere(edge)) add("vanished", edge, "silent for long");
    if (edge.health === "failing" && was?.health !== "failing") add("failing", edge, reasonsOf(edge.edge));
    else if (was && newReasons(was.edge, edge.edge)) add("reason", edge, newReasons(was.edge, edge.edge));
    if (was?.health === "failing" && edge.health !== "failing" && isHere(edge)) add("recovered", edge, edge.health);
  }
  for (const [id, was] of before.edges)
    if (!now.edges.has(id) && isHere(was)) add("vanished", was, "no longer in the graph");
  return changes;
}

function isBlind({ rate, callers }: NodePicture): boolean {
  return rate === null && callers.length > 0;
}

function isHere(picture: NodePicture | EdgePicture | undefined): boolean {
  return picture !== undefined && picture.health !== "gone";
}

function reasonsOf(edge: GraphEdge): string {
  return failureReasons(edge)
    .map(({ reason }) => reason)
    .join(", ");
}

/** Connects fail for a reason for which none had failed before. */
function newReasons(was: GraphEdge, edge: GraphEdge): string {
  if (was === edge || edge.connectionsFailed === was.connectionsFailed) return "";
  const known = new Set(failureReasons(was).map(({ reason }) => reason));
  return failureReasons(edge)
    .filter(({ reason }) => !known.has(reason))
    .map(({ reason, count }) => `${reason} (${count})`)
    .join(", ");
}

export interface Noticed {
  change: Change;
  /** Operator's clock. */
  atMs: number;
  /** It is no longer so: it came back, or went again. */
  over: boolean;
}

const mostNoticed = 2000;

/** The list since the mark, after another look: each change with the time it was first seen, those that are over as well. */
export function noticedAfter(before: readonly Noticed[], changes: readonly Change[], nowMs: number): Noticed[] {
  const known = new Map(before.map((noticed) => [noticed.change.key, noticed]));
  const current = changes.map((change) => ({ change, atMs: known.get(change.key)?.atMs ?? nowMs, over: false }));
  const keys = new Set(changes.map((change) => change.key));
  const over = before.filter(({ change }) => !keys.has(change.key)).map((noticed) => ({ ...noticed, over: true }));
  return [...current, ...over].slice(0, mostNoticed);
}

export const changeTitles: Record<ChangeKind, string> = {
  failing: "Began to fail",
  reason: "Fails for a new reason",
  appeared: "Appeared",
  vanished: "Vanished",
  recovered: "Recovered",
};

/** For a message or a ticket. */
export function changesText(sinceMs: number, noticed: readonly Noticed[]): string {
  const lines = [`Changes since ${new Date(sinceMs).toISOString()}`];
  if (noticed.length === 0) lines.push("none");
  for (const kind of changeKinds) {
    const some = noticed.filter(({ change }) => change.kind === kind);
    if (some.length > 0) lines.push("", `${changeTitles[kind]}:`);
    for (const { change, atMs, over } of some) {
      const detail = [change.detail, over ? "no longer so" : ""].filter(Boolean).join("; ");
      const time = new Date(atMs).toISOString().slice(11, 19);
      lines.push(`- ${time} ${change.what} ${change.name}${detail ? ` (${detail})` : ""}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
