import type { Health } from "../../graph/health";
import type { Route } from "../../graph/routes/routes";
import { dashes } from "../../graph/scene/weights";
import type { Viewport } from "../viewport";
import type { Pen } from "./surface";

/** How a line looks; those that look alike are drawn in one stroke. */
export interface Look {
  colour: string;
  width: number;
  health: Health;
  /** Later is above. */
  layer: number;
}

export interface Stroke {
  route: Route;
  look: Look;
}

/** Many short lines are drawn faster in one path, but each that crosses the screen is faster by itself. */
const mostInOne = 48;
const shortPx = 220;

export function drawLines(pen: Pen, strokes: readonly Stroke[], view: Viewport): void {
  const alike = new Map<string, Stroke[]>();
  for (const stroke of strokes) {
    const { layer, colour, width, health } = stroke.look;
    const key = `${layer} ${colour} ${width} ${health}`;
    const own = alike.get(key);
    if (own) own.push(stroke);
    else alike.set(key, [stroke]);
  }
  // Ordered by what is above what, then as they came, which is the same for everybody.
  const groups = [...alike.values()].sort((a, b) => (a[0] as Stroke).look.layer - (b[0] as Stroke).look.layer);
  const thickness = thicknessAt(view.scale);
  for (const group of groups) {
    const short = group.filter((stroke) => isShort(stroke, view.scale));
    for (let from = 0; from < short.length; from += mostInOne) {
      drawAlike(pen, short.slice(from, from + mostInOne), view, thickness);
    }
    for (const stroke of group) if (!isShort(stroke, view.scale)) drawAlike(pen, [stroke], view, thickness);
  }
}

function isShort({ route: { bounds } }: Stroke, scale: number): boolean {
  return (bounds.right - bounds.left + bounds.bottom - bounds.top) * scale < shortPx;
}

/** Lines become thinner as the map becomes smaller, but never so thin that they are gone. */
function thicknessAt(scale: number): number {
  return Math.min(1.4, Math.max(0.45, scale));
}

/** What fails stays as thick as can be seen at a glance. */
const leastFailing = 2;

function drawAlike(pen: Pen, strokes: readonly Stroke[], view: Viewport, thickness: number): void {
  const { colour, health, width: wanted } = (strokes[0] as Stroke).look;
  const width = health === "failing" ? Math.max(leastFailing, wanted * thickness) : wanted * thickness;
  pen.beginPath();
  for (const { route } of strokes) trace(pen, route.path, view);
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.setLineDash(dashes[health].map((part) => part * Math.max(0.75, thickness)));
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  for (const { route } of strokes) traceHead(pen, route, width, view);
  pen.fillStyle = colour;
  pen.fill();
}

function trace(pen: Pen, path: Route["path"], { scale, x, y }: Viewport): void {
  pen.moveTo((path[0] as number) * scale + x, (path[1] as number) * scale + y);
  for (let i = 2; i + 5 < path.length; i += 6) {
    pen.bezierCurveTo(
      (path[i] as number) * scale + x,
      (path[i + 1] as number) * scale + y,
      (path[i + 2] as number) * scale + x,
      (path[i + 3] as number) * scale + y,
      (path[i + 4] as number) * scale + x,
      (path[i + 5] as number) * scale + y,
    );
  }
}

function traceHead(pen: Pen, { tip, tipRadians }: Route, width: number, { scale, x, y }: Viewport): void {
  const size = Math.max(0.55, scale);
  const length = 10 * size + width * 0.6;
  const half = 3.6 * size + width * 0.5;
  const [cos, sin] = [Math.cos(tipRadians), Math.sin(tipRadians)];
  const at = { x: tip.x * scale + x, y: tip.y * scale + y };
  const corner = (back: number, aside: number): [number, number] => [
    at.x - back * cos - aside * sin,
    at.y - back * sin + aside * cos,
  ];
  pen.moveTo(at.x, at.y);
  pen.lineTo(...corner(length, half));
  pen.lineTo(...corner(length * 0.8, 0));
  pen.lineTo(...corner(length, -half));
  pen.closePath();
}
