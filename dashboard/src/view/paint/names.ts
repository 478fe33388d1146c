import type { Box } from "../../graph/layout/geometry";
import type { Card } from "../../graph/scene/scene";
import type { Colours } from "./colours";
import type { Pen } from "./surface";
import { beginning, bold, fitted, font, inTwoLines, widthOf } from "./text";

/** Below this nobody reads. */
const leastSize = 8.5;
const roomForTwoLines = 25;
/** In ems. With less, cutting the middle leaves too little at both ends. */
const roomToCutMiddle = 6;

/**
 * What is written of a name. What all names of a box begin with is left out of all of them, and only when one would have to be
 * cut: it stands in the box's title, more or less.
 */
export function nameIn({ name, frame }: Card, size: number, room: number): string {
  if (!frame?.prefix || widthOf(frame.longest, size, bold) <= room) return name;
  return `…${name.slice(frame.prefix.length)}`;
}

/** The name alone, as large as the card has room for: smaller rather than cut. */
export function drawName(pen: Pen, card: Card, at: Box, indent: number, colours: Colours): void {
  const height = at.bottom - at.top;
  const room = at.right - at.left - indent - 4;
  const largest =
    height >= roomForTwoLines ? Math.min(14, Math.max(height * 0.34, 10.5)) : Math.min(10.5, height * 0.7);
  if (largest < leastSize) return;
  const { size, lines } = written(card, largest, room, height >= roomForTwoLines);
  pen.font = font(size, bold);
  pen.fillStyle = colours.text;
  pen.textAlign = "left";
  const step = size * 1.12;
  const first = (at.top + at.bottom) / 2 + size * 0.36 - ((lines.length - 1) * step) / 2;
  for (const [i, line] of lines.entries()) pen.fillText(line, at.left + indent, first + i * step);
}

function written(card: Card, largest: number, room: number, two: boolean): { size: number; lines: string[] } {
  for (const size of [largest, (largest + leastSize) / 2, leastSize]) {
    const name = nameIn(card, size, room * (two ? 1.7 : 1));
    if (widthOf(name, size, bold) <= room) return { size, lines: [name] };
    const lines = two ? inTwoLines(name, size, room) : null;
    if (lines) return { size, lines };
  }
  const name = nameIn(card, leastSize, room);
  // What is left of a name without its box's prefix begins with what tells it from the others: of that little room the beginning is kept.
  const own = name === card.name ? null : card.name.slice(card.frame?.prefix.length);
  if (own && room < leastSize * roomToCutMiddle)
    return { size: leastSize, lines: [beginning(own, leastSize, bold, room)] };
  return { size: leastSize, lines: [fitted(name, leastSize, bold, room)] };
}
