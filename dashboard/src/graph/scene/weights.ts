import type { Health } from "../health";

/** Ten times the connections is a little more than one px more. */
export function lineWidth(health: Health, rate: number | null): number {
  if (health === "idle" || health === "gone") return 1.2;
  const wide = Math.min(4, 1.4 + 1.15 * Math.log10(1 + (rate ?? 0)));
  return Math.round(4 * (health === "failing" ? Math.max(2.2, wide) : wide)) / 4;
}

/** Many edges together. */
export function ribbonWidth(health: Health, rate: number | null): number {
  if (health === "idle" || health === "gone") return 1.5;
  return Math.round(2 * Math.min(8, 1.5 + 1.9 * Math.log10(1 + (rate ?? 0)))) / 2;
}

/** State as a line; empty is solid. */
export const dashes: Record<Health, readonly number[]> = {
  failing: [7, 5],
  degraded: [2, 4],
  active: [],
  idle: [14, 7],
  gone: [2, 6],
};
