import { titleHeight } from "../../graph/layout/geometry";
import type { Frame } from "../../graph/scene/scene";
import { drawGlyph } from "./glyphs";
import { drawHealthBar } from "./health-bar";
import type { Pen } from "./surface";
import { bold, fitted, font, plain, widthOf } from "./text";
import { onScreen, type ViewFrame } from "./view-frame";

/** A quiet ground below each group's cards; from afar it is all there is of the group. */
export function drawGrounds(
  pen: Pen,
  frames: readonly Frame[],
  { view, level, colours, highlight, selected, rest }: ViewFrame,
) {
  const radius = Math.max(3, 16 * Math.min(1, view.scale));
  const far = level === "far";
  for (const marked of [false, true]) {
    pen.beginPath();
    for (const frame of frames) {
      if (selected.has(frame.id) !== marked) continue;
      const { left, top, right, bottom } = onScreen(frame.box, view);
      const shift = far || marked ? 0.5 : 0;
      pen.roundRect(left + shift, top + shift, right - left - 2 * shift, bottom - top - 2 * shift, radius);
    }
    pen.fillStyle = far ? colours.card : colours.band;
    pen.fill();
    if (!far && !marked) continue;
    pen.lineWidth = marked ? 2 : 1;
    pen.strokeStyle = marked
      ? colours.selection
      : far
        ? colours.faded(colours.border, highlight ? rest : 1)
        : colours.faint;
    pen.stroke();
  }
}

export function drawTitles(pen: Pen, frames: readonly Frame[], input: ViewFrame): void {
  for (const frame of frames) {
    const lit = !input.highlight || input.highlight.frames.has(frame.id) || frame.counts.failing > 0;
    pen.globalAlpha = lit ? 1 : Math.max(0.5, input.rest);
    if (input.level === "far") drawFar(pen, frame, input);
    else drawTitle(pen, frame, input);
  }
  pen.globalAlpha = 1;
}

/** A short title on a small box, and how many are unwell after it, may reach into the space beside it. */
const leastTitle = 58;

/** In the strip above the cards. When that is too low for letters they rise above the box, into the space between boxes. */
function drawTitle(pen: Pen, frame: Frame, { view, colours }: ViewFrame): void {
  const { left, top, right } = onScreen(frame.box, view);
  const size = Math.max(11.5, Math.min(15, 13 * view.scale));
  const strip = (titleHeight + 8) * view.scale;
  const baseline = top + Math.min(strip / 2 + size * 0.36, strip - size * 0.1);
  const start = left + Math.max(5, 20 * view.scale);
  const end = right - Math.max(5, 20 * view.scale);
  const problem = problemOf(frame);
  const problemText = problem ? String(frame.counts[problem]) : "";
  const problemWidth = problem ? widthOf(problemText, size, bold) + size * 1.1 : 0;
  const count = String(frame.members);
  const countWidth = widthOf(count, size, plain) + size * 0.6;
  // The count goes before a letter of the title does.
  const title = fitted(frame.title, size, bold, Math.max(leastTitle, end - start - problemWidth));
  const titleWidth = widthOf(title, size, bold);
  pen.textAlign = "left";
  pen.font = font(size, bold);
  pen.fillStyle = colours.text;
  pen.fillText(title, start, baseline);
  if (problem) {
    const from = Math.max(end - problemWidth, start + titleWidth + size * 0.4);
    pen.fillStyle = colours.health[problem];
    pen.fillText(problemText, from + size * 1.1, baseline);
    drawGlyph(pen, problem, from + size * 0.4, baseline - size * 0.36, size * 0.34, colours.health[problem]);
  }
  if (start + titleWidth + countWidth > end - problemWidth) return;
  pen.font = font(size, plain);
  pen.fillStyle = colours.secondary;
  pen.fillText(count, start + titleWidth + size * 0.6, baseline);
}

function drawFar(pen: Pen, frame: Frame, { view, colours, moving }: ViewFrame): void {
  const { left, top, right, bottom } = onScreen(frame.box, view);
  const [width, height] = [right - left, bottom - top];
  const barHeight = height < 24 ? 2 : 3;
  const inset = Math.min(6, width * 0.08);
  const barTop = bottom - barHeight - (height < 24 ? 2 : 5);
  drawHealthBar(
    pen,
    frame.counts,
    { x: left + inset, y: barTop, width: width - 2 * inset, height: barHeight },
    colours,
  );
  const room = barTop - top;
  const size = Math.min(12, room - 3);
  if (size < 8 || width < 24) return;
  const withCount = room > 2 * size + 6;
  pen.textAlign = "left";
  pen.font = font(size, bold);
  pen.fillStyle = colours.text;
  const baseline = withCount ? top + size + 4 : top + room / 2 + size * 0.36;
  pen.fillText(fitted(frame.title, size, bold, width - 2 * inset), left + inset, baseline);
  if (!withCount || moving) return;
  pen.font = font(size - 1, plain);
  pen.fillStyle = colours.secondary;
  pen.fillText(String(frame.members), left + inset, baseline + size + 2);
}

function problemOf({ counts }: Frame): "failing" | "degraded" | null {
  if (counts.failing > 0) return "failing";
  return counts.degraded > 0 ? "degraded" : null;
}
