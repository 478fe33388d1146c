import type { Box } from "../layout/geometry";

/** What lines must not run over: a card with the box it is in, or a whole box. */
export interface Obstacle extends Box {
  group: string;
  /** The frame round it; itself where there is none. */
  frame: Box;
}

/** A column of obstacles: no other obstacle begins or ends beside it. */
export interface Slab {
  index: number;
  left: number;
  right: number;
  /** True when it is several columns that do not stand in line: in it is no level way past a column. */
  mixed: boolean;
  /** From top to bottom. */
  obstacles: Obstacle[];
}

/** Between two slabs is room for a bend. */
export const besideSlab = 6;

/** Obstacles that stand above each other, or too near side by side for a bend between them, are one slab. */
export function slabsOf(obstacles: readonly Obstacle[]): Slab[] {
  const slabs: Slab[] = [];
  for (const obstacle of [...obstacles].sort((a, b) => a.left - b.left)) {
    const last = slabs.at(-1);
    if (last && obstacle.left < last.right + 3 * besideSlab) {
      // Of two that overlap one may be wider, but neither begins where the other ends.
      if (obstacle.left > (last.obstacles[0] as Obstacle).right - 2 * besideSlab) last.mixed = true;
      last.right = Math.max(last.right, obstacle.right);
      last.obstacles.push(obstacle);
    } else
      slabs.push({
        index: slabs.length,
        left: obstacle.left,
        right: obstacle.right,
        mixed: false,
        obstacles: [obstacle],
      });
  }
  for (const slab of slabs) slab.obstacles.sort((a, b) => a.top - b.top);
  return slabs;
}

/** The slab at an x that lies in one. */
export function slabAt(slabs: readonly Slab[], x: number): Slab {
  let low = 0;
  let high = slabs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((slabs[middle] as Slab).right < x) low = middle + 1;
    else high = middle;
  }
  return slabs[low] as Slab;
}
