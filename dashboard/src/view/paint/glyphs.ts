import type { Health } from "../../graph/health";
import type { Pen } from "./surface";

/** Adds a state's glyph to the path. Drawn, not written: fonts disagree on size and place of these signs. */
export function traceGlyph(pen: Pen, health: Health, x: number, y: number, radius: number): void {
  if (health === "failing") {
    const reach = radius * 1.25;
    pen.moveTo(x, y - reach);
    pen.lineTo(x + reach, y);
    pen.lineTo(x, y + reach);
    pen.lineTo(x - reach, y);
    pen.closePath();
  } else if (health === "degraded") {
    pen.moveTo(x, y - radius * 1.15);
    pen.lineTo(x + radius * 1.2, y + radius * 0.95);
    pen.lineTo(x - radius * 1.2, y + radius * 0.95);
    pen.closePath();
  } else {
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 2 * Math.PI);
  }
}

/** One glyph by itself, in the pen's colours. */
export function drawGlyph(pen: Pen, health: Health, x: number, y: number, radius: number, colour: string): void {
  pen.beginPath();
  const hollow = health === "idle" || health === "gone";
  traceGlyph(pen, health, x, y, hollow ? radius * 0.85 : radius);
  if (!hollow) {
    pen.fillStyle = colour;
    pen.fill();
    return;
  }
  pen.strokeStyle = colour;
  pen.lineWidth = radius * 0.4;
  // Silent for long: a circle of dots.
  pen.setLineDash(health === "gone" ? [radius * 0.4, radius * 0.5] : []);
  pen.stroke();
  pen.setLineDash([]);
}
