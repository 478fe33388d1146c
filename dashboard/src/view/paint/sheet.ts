import type { Health } from "../../graph/health";
import { dashes } from "../../graph/scene/weights";
import type { LegendItem } from "../legend-items";
import type { Size } from "../viewport";
import type { Colours } from "./colours";
import { drawGlyph } from "./glyphs";
import { drawHealthBar } from "./health-bar";
import { drawMap } from "./map";
import type { Pen, Surface } from "./surface";
import { bold, fitted, font, plain, widthOf } from "./text";
import type { ViewFrame } from "./view-frame";

/** What a picture of the map says of itself, so that it can be understood without the page. */
export interface Caption {
  title: string;
  /** When, how much of what is shown, and by which filter. */
  lines: readonly string[];
  legend: readonly LegendItem[];
}

const margin = 16;
const headHeight = 46;
const rowHeight = 22;
const textSize = 12;

export function sheetSize(input: ViewFrame, caption: Caption): Size {
  const rows = rowsOf(caption.legend, input.size.width);
  const foot = rows.length > 0 ? rows.length * rowHeight + margin : 0;
  return { width: input.size.width, height: headHeight + input.size.height + foot };
}

/** The map as it is seen, below what it is and above what its signs mean. */
export function drawSheet(surface: Surface, input: ViewFrame, caption: Caption): void {
  const { pen } = surface;
  const { colours, view } = input;
  const { width, height } = sheetSize(input, caption);
  fillRect(pen, 0, 0, width, height, colours.page);
  drawMap(surface, { ...input, view: { ...view, y: view.y + headHeight } });
  drawHead(pen, caption, width, colours);
  const top = headHeight + input.size.height;
  fillRect(pen, 0, top, width, height - top, colours.raised);
  for (const [i, row] of rowsOf(caption.legend, width).entries()) {
    for (const { item, x } of row) drawItem(pen, item, x, top + margin / 2 + (i + 0.5) * rowHeight, colours);
  }
}

function drawHead(pen: Pen, { title, lines }: Caption, width: number, colours: Colours): void {
  fillRect(pen, 0, 0, width, headHeight, colours.raised);
  pen.textAlign = "left";
  pen.font = font(16, bold);
  pen.fillStyle = colours.text;
  pen.fillText(title, margin, 29);
  const start = margin + widthOf(title, 16, bold) + 16;
  pen.font = font(textSize, plain);
  pen.fillStyle = colours.secondary;
  pen.fillText(fitted(lines.join(" · "), textSize, plain, width - start - margin), start, 29);
}

const signWidth = 36;

function rowsOf(legend: readonly LegendItem[], width: number): { item: LegendItem; x: number }[][] {
  const rows: { item: LegendItem; x: number }[][] = [];
  let x = Infinity;
  for (const item of legend) {
    const wide = signWidth + widthOf(item.text, textSize, plain) + 22;
    if (x + wide > width - margin) {
      rows.push([]);
      x = margin;
    }
    rows.at(-1)?.push({ item, x });
    x += wide;
  }
  return rows;
}

function drawItem(pen: Pen, { sign, text }: LegendItem, x: number, y: number, colours: Colours): void {
  if (sign.kind === "glyph") drawGlyph(pen, sign.health, x + signWidth - 14, y, 4.5, colours.health[sign.health]);
  else if (sign.kind === "line" || sign.kind === "ribbon") drawLine(pen, sign.kind, sign.health, x, y, colours);
  else if (sign.kind === "bar") {
    const bar = { x, y: y - 2, width: signWidth - 8, height: 4 };
    drawHealthBar(pen, { failing: 1, degraded: 1, active: 3, idle: 0, gone: 0 }, bar, colours);
  } else {
    pen.beginPath();
    pen.roundRect(x + 4.5, y - 5.5, 22, 10, 2);
    pen.roundRect(x + 6.5, y + 4.5, 18, 2, 1);
    pen.strokeStyle = colours.secondary;
    pen.lineWidth = 1;
    pen.stroke();
  }
  pen.font = font(textSize, plain);
  pen.fillStyle = colours.text;
  pen.textAlign = "left";
  pen.fillText(text, x + signWidth, y + textSize * 0.36);
}

function drawLine(pen: Pen, kind: "line" | "ribbon", health: Health, x: number, y: number, colours: Colours): void {
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x + signWidth - 8, y);
  pen.strokeStyle = health === "failing" ? colours.failing : colours.faded(colours.edge, kind === "ribbon" ? 0.5 : 1);
  pen.lineWidth = kind === "ribbon" ? 5 : health === "failing" ? 2.5 : 1.8;
  pen.setLineDash([...dashes[health]]);
  pen.stroke();
  pen.setLineDash([]);
}

function fillRect(pen: Pen, x: number, y: number, width: number, height: number, colour: string): void {
  pen.beginPath();
  pen.roundRect(x, y, width, height, 0);
  pen.fillStyle = colour;
  pen.fill();
}
