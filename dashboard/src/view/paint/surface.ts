/** What the map is drawn on: a canvas, or a recorder that writes SVG. All in px of the screen. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "bezierCurveTo"
  | "arc"
  | "roundRect"
  | "closePath"
  | "fill"
  | "stroke"
  | "fillText"
  | "setLineDash"
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
  | "globalAlpha"
  | "font"
  | "textAlign"
>;

export interface Surface {
  pen: Pen;
  /** Strokes SVG path data drawn on a 16 by 16 grid. */
  icon(data: string, x: number, y: number, scale: number): void;
}

const paths = new Map<string, Path2D>();

/** `ratio`: device px in one px. */
export function canvasSurface(context: CanvasRenderingContext2D, ratio: number): Surface {
  return {
    pen: context,
    icon(data, x, y, scale) {
      const path = paths.get(data) ?? new Path2D(data);
      paths.set(data, path);
      context.setTransform(ratio * scale, 0, 0, ratio * scale, x * ratio, y * ratio);
      context.stroke(path);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
    },
  };
}
