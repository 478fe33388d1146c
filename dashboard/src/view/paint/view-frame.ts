import type { Box } from "../../graph/layout/geometry";
import type { Highlight } from "../../graph/scene/highlight";
import type { Level } from "../../graph/scene/levels";
import type { Line, RibbonLine, Scene } from "../../graph/scene/scene";
import type { Size, Viewport } from "../viewport";
import type { Colours } from "./colours";

/** Everything one drawing of the map depends on. */
export interface ViewFrame {
  scene: Scene;
  view: Viewport;
  size: Size;
  colours: Colours;
  level: Level;
  /** What of the map is in sight, in map units. */
  sight: Box;
  highlight: Highlight | null;
  /** How far what is not highlighted is faded: 1 not at all. */
  rest: number;
  selected: ReadonlySet<string>;
  hovered: ReadonlySet<string>;
  /** A gesture is under way: what nobody reads meanwhile is left out. */
  moving: boolean;
  /** While cards glide to new places: from where, and how far they are. */
  glide: { from: ReadonlyMap<string, Box>; part: number } | null;
}

/** What was drawn, for pointing at it and for the legend. */
export interface Drawn {
  lines: Line[];
  ribbons: RibbonLine[];
}

export function sightOf(view: Viewport, size: Size, spare = 0): Box {
  return {
    left: (-spare - view.x) / view.scale,
    top: (-spare - view.y) / view.scale,
    right: (size.width + spare - view.x) / view.scale,
    bottom: (size.height + spare - view.y) / view.scale,
  };
}

export function overlaps(a: Box, b: Box): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

/** On the screen, on whole px: a border between two px would be a blur. */
export function onScreen({ left, top, right, bottom }: Box, { scale, x, y }: Viewport): Box {
  return {
    left: Math.round(left * scale + x),
    top: Math.round(top * scale + y),
    right: Math.round(right * scale + x),
    bottom: Math.round(bottom * scale + y),
  };
}
