import { type Box, cardWidth } from "../../graph/layout/geometry";
import type { NodePicture } from "../../graph/picture";
import type { Card } from "../../graph/scene/scene";
import type { ShownGroup } from "../../graph/shown";
import { formatCount, formatRate, plural } from "../../graph/units";
import { groupShape, kindShape } from "../shapes";
import type { Colours } from "./colours";
import { drawGlyph } from "./glyphs";
import { nameIn } from "./names";
import type { Surface } from "./surface";
import { bold, fitted, font, plain, widthOf } from "./text";

const inset = 12;
const iconRoom = 23;
const nameSize = 13.5;
const smallSize = 12;

/** Kind, name; below them state, port and rate. */
export function drawServiceText(
  surface: Surface,
  card: Card,
  picture: NodePicture,
  at: Box,
  k: number,
  colours: Colours,
): void {
  const { pen } = surface;
  const { node, health } = picture;
  const name = nameIn(card, nameSize, cardWidth - 2 * inset - iconRoom);
  drawHead(surface, kindShape(node), name, at, k, colours);
  const left = at.left + inset * k;
  const right = at.right - inset * k;
  const baseline = at.top + 48 * k;
  drawGlyph(pen, health, left + 4 * k, baseline - 4.3 * k, 4 * k, colours.health[health]);
  const loud = health === "failing" || health === "degraded";
  const weight = loud ? bold : plain;
  const wordAt = left + 13.5 * k;
  pen.textAlign = "left";
  pen.font = font(smallSize * k, weight);
  pen.fillStyle = loud ? colours.health[health] : colours.secondary;
  pen.fillText(health, wordAt, baseline);
  pen.font = font(smallSize * k, plain);
  pen.fillStyle = colours.secondary;
  const rate = rateText(picture);
  const rateAt = right - widthOf(rate, smallSize * k, plain);
  pen.fillText(rate, rateAt, baseline);
  if (node.port === null) return;
  const portAt = wordAt + widthOf(health, smallSize * k, weight) + 8 * k;
  const port = `:${node.port}`;
  if (portAt + widthOf(port, smallSize * k, plain) + 6 * k < rateAt) pen.fillText(port, portAt, baseline);
}

/** How many services, how many of them are not well, and what they take together. */
export function drawGroupText(surface: Surface, group: ShownGroup, at: Box, k: number, colours: Colours): void {
  const { pen } = surface;
  drawHead(surface, groupShape, group.title, at, k, colours);
  const left = at.left + inset * k;
  const right = at.right - inset * k;
  const baseline = at.top + 47 * k;
  const size = smallSize * k;
  pen.textAlign = "left";
  pen.font = font(size, plain);
  pen.fillStyle = colours.secondary;
  const rate = formatRate(group.rate);
  const rateAt = right - widthOf(rate, size, plain);
  pen.fillText(rate, rateAt, baseline);
  const count = plural(group.members.length, "service");
  pen.fillText(count, left, baseline);
  const problem = group.counts.failing > 0 ? "failing" : group.counts.degraded > 0 ? "degraded" : null;
  if (!problem) return;
  const text = String(group.counts[problem]);
  const glyphAt = left + widthOf(count, size, plain) + 13 * k;
  if (glyphAt + 10 * k + widthOf(text, size, bold) > rateAt - 4 * k) return;
  drawGlyph(pen, problem, glyphAt, baseline - 4.3 * k, 4 * k, colours.health[problem]);
  pen.font = font(size, bold);
  pen.fillStyle = colours.health[problem];
  pen.fillText(text, glyphAt + 9 * k, baseline);
}

function drawHead(surface: Surface, shape: string, name: string, at: Box, k: number, colours: Colours): void {
  const { pen } = surface;
  pen.strokeStyle = colours.secondary;
  pen.lineWidth = 1.4;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  surface.icon(shape, at.left + inset * k, at.top + 9 * k, k);
  pen.lineCap = "butt";
  pen.lineJoin = "miter";
  pen.textAlign = "left";
  pen.font = font(nameSize * k, bold);
  pen.fillStyle = colours.text;
  const start = at.left + (inset + iconRoom) * k;
  pen.fillText(fitted(name, nameSize * k, bold, at.right - inset * k - start), start, at.top + 22 * k);
}

/** Connections a second; those it makes, when nobody calls it; those that are open, when all are long-lived. */
export function rateText({ rate, callers }: NodePicture): string {
  if (callers.length === 0) return rate ? `→ ${formatRate(rate)}` : formatRate(rate);
  const open = callers.reduce((sum, { edge }) => sum + edge.connectionsActive, 0);
  return rate === 0 && open > 0 ? `${formatCount(open)} open` : formatRate(rate);
}
