import type { Box, Point } from "../graph/layout/geometry";

/** Screen = map * scale + shift. */
export interface Viewport {
  scale: number;
  x: number;
  y: number;
}

export interface Size {
  width: number;
  height: number;
}

/** As it stands in the address: what is in the middle of the screen, and the zoom. The same on any screen. */
export interface Place {
  x: number;
  y: number;
  k: number;
}

export const leastScale = 0.02;
export const mostScale = 2.5;

export function zoomAt(view: Viewport, factor: number, at: Point): Viewport {
  const scale = clamp(view.scale * factor, leastScale, mostScale);
  const ratio = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio };
}

export function panBy(view: Viewport, dx: number, dy: number): Viewport {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

export function placeOf(view: Viewport, size: Size): Place {
  return { x: (size.width / 2 - view.x) / view.scale, y: (size.height / 2 - view.y) / view.scale, k: view.scale };
}

export function viewAt({ x, y, k }: Place, size: Size): Viewport {
  const scale = clamp(k, leastScale, mostScale);
  return { scale, x: size.width / 2 - x * scale, y: size.height / 2 - y * scale };
}

/** On a narrow screen all of a map would be unreadable: names stay legible at this zoom. */
const narrowScale = 0.44;

/**
 * Shows all of the box, at most a little enlarged. On a narrow screen the left end is shown, where the traffic comes in.
 */
export function fitTo(box: Box, size: Size, padding = 14): Viewport {
  const width = Math.max(1, size.width - 2 * padding);
  const height = Math.max(1, size.height - 2 * padding);
  const whole = Math.min(width / (box.right - box.left), height / (box.bottom - box.top), 1.15);
  const scale = Math.max(whole, size.width < 640 ? narrowScale : leastScale);
  const spareX = size.width - (box.right - box.left) * scale;
  const spareY = size.height - (box.bottom - box.top) * scale;
  return {
    scale,
    x: (spareX >= 0 ? spareX / 2 : padding / 2) - box.left * scale,
    y: (spareY >= 0 ? spareY / 2 : padding / 2) - box.top * scale,
  };
}

/** Moves as little as needed to show the box; not at all when it is in sight. */
export function reveal(view: Viewport, box: Box, size: Size, padding = 24): Viewport {
  const shift = (low: number, high: number, limit: number) => {
    if (low < padding) return padding - low;
    return high > limit - padding ? Math.max(limit - padding - high, padding - low) : 0;
  };
  const dx = shift(box.left * view.scale + view.x, box.right * view.scale + view.x, size.width);
  const dy = shift(box.top * view.scale + view.y, box.bottom * view.scale + view.y, size.height);
  return dx === 0 && dy === 0 ? view : panBy(view, dx, dy);
}

/** On the way from one view to another. */
export function mixViews(from: Viewport, to: Viewport, part: number): Viewport {
  const mix = (a: number, b: number) => a + (b - a) * part;
  return { scale: mix(from.scale, to.scale), x: mix(from.x, to.x), y: mix(from.y, to.y) };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
