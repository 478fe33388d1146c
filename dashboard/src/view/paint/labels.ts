import { labelOf } from "../../graph/edge-words";
import { type Box, titleHeight } from "../../graph/layout/geometry";
import type { Anchor } from "../../graph/routes/routes";
import { Taken } from "../../graph/scene/labels";
import type { Card, Frame, Line } from "../../graph/scene/scene";
import type { ShownEdge } from "../../graph/shown";
import { formatRate, plural } from "../../graph/units";
import type { Pen } from "./surface";
import { bold, font, widthOf } from "./text";
import { onScreen, type ViewFrame } from "./view-frame";

/** What a line says, where there is room: never over a card, a title or another label. The most wanted come first. */
export function drawLabels(
  pen: Pen,
  lines: readonly Line[],
  cards: readonly Card[],
  frames: readonly Frame[],
  input: ViewFrame,
): void {
  const { view, highlight, level, colours } = input;
  drawMarks(pen, lines, input);
  if (level === "far") return;
  const wanted = lines
    .map((line) => ({ line, lit: highlight?.edges.has(line.edge.id) ?? false }))
    .filter(({ line, lit }) => lit || (level === "near" && saysFailure(line.edge)))
    .sort((a, b) => rank(a.lit, a.line) - rank(b.lit, b.line) || (b.line.edge.rate ?? 0) - (a.line.edge.rate ?? 0));
  if (wanted.length === 0) return;
  const taken = new Taken();
  for (const card of cards) taken.take(onScreen(card.box, view));
  for (const { box, title } of frames) {
    const strip = onScreen({ ...box, bottom: box.top + titleHeight }, view);
    taken.take({ ...strip, right: Math.min(strip.right, strip.left + widthOf(title, 13, bold) + 60 * view.scale) });
  }
  const size = Math.min(12, Math.max(10, 10.5 * view.scale));
  for (const { line, lit } of wanted) {
    const text = textOf(line.edge);
    const box = placesOf(line, highlight?.centre ?? null, lit)
      .map((anchor) => boxAt(anchor, widthOf(text, size, bold) + size * 1.1, size * 1.55, input))
      .find((place) => taken.free(place));
    if (!box) continue;
    taken.take(box);
    const colour = line.edge.health === "failing" ? colours.failing : lit ? colours.selection : colours.edge;
    drawLabel(pen, text, box, size, colour, input);
  }
}

function rank(lit: boolean, { edge }: Line): number {
  return (lit ? 0 : 2) + (edge.health === "failing" ? 0 : 1);
}

/** An edge that never succeeded has no traffic to see: it says in words what it is. */
function saysFailure({ health, edges, source, target }: ShownEdge): boolean {
  return health === "failing" && edges.every(({ edge }) => edge.connectionsOpened === 0) && source !== target;
}

function textOf(edge: ShownEdge): string {
  const [only] = edge.edges;
  if (edge.edges.length === 1 && only) return labelOf(only);
  const failing = edge.edges.filter((one) => one.health === "failing").length;
  return failing > 0
    ? `${failing} of ${edge.edges.length} failing`
    : `${plural(edge.edges.length, "edge")}, ${formatRate(edge.rate)}`;
}

/** At the far end first, where the edges of one service have drawn apart. */
function placesOf({ edge, route }: Line, centre: string | null, lit: boolean): Anchor[] {
  const middle: Anchor = { ...route.middle, away: 0 };
  if (lit && centre === edge.target) return [route.atSource, middle, route.atTarget];
  return [route.atTarget, middle, route.atSource];
}

function boxAt(anchor: Anchor, width: number, height: number, { view }: ViewFrame): Box {
  const x = anchor.x * view.scale + view.x + (anchor.away * width) / 2;
  const y = anchor.y * view.scale + view.y;
  return { left: x - width / 2, right: x + width / 2, top: y - height / 2, bottom: y + height / 2 };
}

function drawLabel(pen: Pen, text: string, box: Box, size: number, colour: string, { colours }: ViewFrame): void {
  const { left, top, right, bottom } = box;
  pen.beginPath();
  pen.roundRect(left, top, right - left, bottom - top, (bottom - top) / 2);
  pen.fillStyle = colours.card;
  pen.fill();
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.stroke();
  pen.font = font(size, bold);
  pen.fillStyle = colours.text;
  pen.textAlign = "center";
  pen.fillText(text, (left + right) / 2, (top + bottom) / 2 + size * 0.36);
  pen.textAlign = "left";
}

/** A cross on a disc on what fails: seen without colours, and without following a line. */
function drawMarks(pen: Pen, lines: readonly Line[], { view, colours }: ViewFrame): void {
  const radius = Math.min(9, Math.max(5.5, 8 * view.scale));
  const arm = radius * 0.38;
  for (const { edge, route } of lines) {
    if (edge.health !== "failing") continue;
    const [x, y] = [route.middle.x * view.scale + view.x, route.middle.y * view.scale + view.y];
    pen.beginPath();
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fillStyle = colours.failing;
    pen.fill();
    // Apart from the line it stands on.
    pen.strokeStyle = colours.page;
    pen.lineWidth = 1.5;
    pen.stroke();
    pen.beginPath();
    pen.moveTo(x - arm, y - arm);
    pen.lineTo(x + arm, y + arm);
    pen.moveTo(x + arm, y - arm);
    pen.lineTo(x - arm, y + arm);
    pen.lineWidth = 1.8;
    pen.stroke();
  }
}
