import type { AgeState, GraphEdge } from "../api/types";

/** What an edge or node is drawn as; each has its own colour, glyph, line and word. */
export type Health = "failing" | "degraded" | "active" | "idle" | "gone";

const failingForMs = 60_000;

/** Failing: a connect failed in the last minute, or none ever succeeded. What is gone is no longer anybody's problem. */
export function edgeHealth(edge: GraphEdge, lastFailedMs: number | null, nowMs: number): Health {
  if (edge.state === "gone") return "gone";
  const neverOpened = edge.connectionsFailed > 0 && edge.connectionsOpened === 0;
  const failedLately = lastFailedMs !== null && nowMs - lastFailedMs < failingForMs;
  return neverOpened || failedLately ? "failing" : edge.state;
}

export interface EdgeSign {
  health: Health;
  openedPerSecond: number;
  /** Connections open now. */
  active: number;
}

/**
 * A service fails when connects to it fail and no caller gets through; it is degraded when some callers get through, or when
 * what it calls itself does not answer.
 */
export function nodeHealth(state: AgeState, incoming: readonly EdgeSign[], outgoing: readonly EdgeSign[]): Health {
  if (incoming.some((edge) => edge.health === "failing")) {
    const reached = incoming.some((edge) => edge.openedPerSecond > 0 || edge.active > 0);
    return reached ? "degraded" : "failing";
  }
  if (state === "gone") return "gone";
  return outgoing.some((edge) => edge.health === "failing") ? "degraded" : state;
}

export const healthGlyph: Record<Health, string> = {
  failing: "◆",
  degraded: "▲",
  active: "●",
  idle: "○",
  gone: "◌",
};

/** For sorting: what needs a person first. */
export const healthRank: Record<Health, number> = { failing: 0, degraded: 1, active: 2, idle: 3, gone: 4 };
