import { type Health, healthRank } from "../../graph/health";
import type { HealthCounts } from "../../graph/shown";
import type { Colours } from "./colours";
import type { Pen } from "./surface";

const order = (Object.keys(healthRank) as Health[]).sort((a, b) => healthRank[a] - healthRank[b]);
/** One failing service among hundreds must still be seen. */
const leastPart = 4;

/** How many members are in which state, the worst first. */
export function drawHealthBar(
  pen: Pen,
  counts: HealthCounts,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  colours: Colours,
): void {
  const parts = order.filter((health) => counts[health] > 0);
  const all = parts.reduce((sum, health) => sum + counts[health], 0);
  if (all === 0 || width <= 0) return;
  const least = Math.min(leastPart, width / parts.length);
  const spare = width - least * parts.length;
  let at = x;
  for (const health of parts) {
    const part = least + (spare * counts[health]) / all;
    pen.beginPath();
    pen.roundRect(at, y, Math.max(1, part - (health === parts.at(-1) ? 0 : 1)), height, Math.min(1.5, height / 2));
    pen.fillStyle = colours.health[health];
    pen.fill();
    at += part;
  }
}
