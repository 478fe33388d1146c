import { type Health, healthRank } from "../graph/health";
import type { Card, Frame } from "../graph/scene/scene";
import { healthOf } from "../graph/shown";
import type { Drawn } from "./paint/view-frame";

const lineWords: Record<Health, string> = {
  failing: "connects fail",
  degraded: "some connects fail",
  active: "in use; wider is more connections a second",
  idle: "nothing lately",
  gone: "silent for long",
};

const nodeWords: Record<Health, string> = {
  failing: "failing: nobody gets through",
  degraded: "degraded: some connects fail",
  active: "active",
  idle: "idle",
  gone: "gone: silent for long",
};

export interface LegendItem {
  sign: { kind: "glyph" | "line" | "ribbon"; health: Health } | { kind: "bar" | "folded" };
  text: string;
}

/** Explains what is on the screen now, and nothing else. */
export function legendOf(drawn: Drawn, cards: readonly Card[], frames: readonly Frame[], far: boolean): LegendItem[] {
  const states = present([
    ...cards.map((card) => healthOf(card.node)),
    ...(far ? frames.flatMap(({ counts }) => byWorst.filter((health) => counts[health] > 0)) : []),
  ]);
  const items: LegendItem[] = states.map((health) => ({ sign: { kind: "glyph", health }, text: nodeWords[health] }));
  const lines = present([
    ...drawn.lines.map((line) => line.edge.health),
    ...drawn.ribbons.filter(({ ribbon }) => ribbon.health === "failing").map(({ ribbon }) => ribbon.health),
  ]);
  for (const health of lines) items.push({ sign: { kind: "line", health }, text: lineWords[health] });
  if (drawn.ribbons.length > 0)
    items.push({ sign: { kind: "ribbon", health: "active" }, text: "all dependencies between two groups" });
  const folded = cards.some((card) => card.node.kind === "group");
  if (folded) items.push({ sign: { kind: "folded" }, text: "folded group: a double click opens it" });
  if (folded || (far && frames.length > 0)) items.push({ sign: { kind: "bar" }, text: "how many are in which state" });
  return items;
}

const byWorst = (Object.keys(healthRank) as Health[]).sort((a, b) => healthRank[a] - healthRank[b]);

function present(healths: readonly Health[]): Health[] {
  return byWorst.filter((health) => healths.includes(health));
}
