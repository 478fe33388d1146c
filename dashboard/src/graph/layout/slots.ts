import type { Box } from "./geometry";

/** Cards that came later may stand as near as this to those above and below: a self-call fits between. */
export const leastGap = 24;

/**
 * The centre nearest to the wanted one where something of this height fits between top and bottom with a gap to each of the
 * obstacles; null when it fits nowhere. Obstacles are by their top.
 */
export function nearestFree(
  obstacles: readonly Pick<Box, "top" | "bottom">[],
  room: Pick<Box, "top" | "bottom">,
  height: number,
  gap: number,
  wanted: number,
): number | null {
  let best: number | null = null;
  let low = room.top;
  const consider = (high: number) => {
    if (high - low < height) return;
    const y = Math.min(Math.max(wanted, low + height / 2), high - height / 2);
    if (best === null || Math.abs(y - wanted) < Math.abs(best - wanted)) best = y;
  };
  for (const { top, bottom } of obstacles) {
    consider(Math.min(top - gap, room.bottom));
    low = Math.max(low, bottom + gap);
  }
  consider(room.bottom);
  return best;
}
