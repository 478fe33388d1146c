import type { Box } from "../../graph/layout/geometry";
import type { Card } from "../../graph/scene/scene";
import type { Colours } from "./colours";
import type { Pen } from "./surface";
import { bold, fitted, font, inTwoLines } from "./text";

/** Below this nobody reads. */
const leastSize = 8.5;

/** The name alone, as large as the card has room for. */
export function drawName(pen: Pen, card: Card, at: Box, indent: number, colours: Colours): void {
  const height = at.bottom - at.top;
  const room = at.right - at.left - indent - 5;
  const two = height >= 25;
  const size = Math.min(14, two ? Math.max(height * 0.34, 10.5) : height * 0.5);
  if (size < leastSize) return;
  const prefix = card.frame?.prefix ?? "";
  const lines = two ? inTwoLines(card.name, size, room, prefix) : [fitted(card.name, size, bold, room, prefix)];
  pen.font = font(size, bold);
  pen.fillStyle = colours.text;
  pen.textAlign = "left";
  const step = size * 1.12;
  const first = (at.top + at.bottom) / 2 + size * 0.36 - ((lines.length - 1) * step) / 2;
  for (const [i, line] of lines.entries()) pen.fillText(line, at.left + indent, first + i * step);
}
