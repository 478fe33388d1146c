import type { Slab } from "./slabs";

/** Between the boxes and the first track, and between two tracks. */
const firstStep = 26;
const widestStep = 10;
/** All tracks together take no more height than this, as far as that can be drawn. */
const mostHeight = 500;

/** Level ways below and above the boxes, each taken by one ribbon at a place. */
export class Tracks {
  private readonly step: number;
  private readonly taken = new Map<number, Uint8Array>();

  constructor(
    private readonly slabs: readonly Slab[],
    ribbons: number,
  ) {
    this.step = Math.max(3, Math.min(widestStep, mostHeight / Math.max(1, ribbons)));
  }

  /** The nearest free way past the slabs from `first` to `last`: a passage as wide as all of them. */
  take(first: number, last: number, from: number, to: number): { slab: Slab; y: number } {
    const between = this.slabs.slice(first, last + 1);
    const top = Math.min(...between.map((slab) => slab.obstacles[0]?.top ?? 0));
    const bottom = Math.max(
      ...between.map((slab) => slab.obstacles.reduce((most, box) => Math.max(most, box.bottom), -Infinity)),
    );
    const below = this.free(first, last, Math.ceil((bottom + firstStep) / this.step), 1);
    const above = this.free(first, last, Math.floor((top - firstStep) / this.step), -1);
    const way = (row: number) => Math.abs(from - row * this.step) + Math.abs(to - row * this.step);
    const row = way(below) <= way(above) ? below : above;
    this.row(row).fill(1, first, last + 1);
    const slab = {
      index: first,
      left: between[0]?.left ?? 0,
      right: between.at(-1)?.right ?? 0,
      mixed: false,
      obstacles: [],
    };
    return { slab, y: row * this.step };
  }

  private free(first: number, last: number, start: number, direction: 1 | -1): number {
    for (let row = start; ; row += direction) {
      const taken = this.row(row);
      let free = true;
      for (let slab = first; free && slab <= last; slab++) free = taken[slab] === 0;
      if (free) return row;
    }
  }

  private row(row: number): Uint8Array {
    const taken = this.taken.get(row) ?? new Uint8Array(this.slabs.length);
    this.taken.set(row, taken);
    return taken;
  }
}
