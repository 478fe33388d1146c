import type { Box } from "../layout/geometry";

const cell = 512;

/** Rectangles by where they are, so that a search looks only at those nearby. */
export class SpatialGrid {
  readonly #edges: Float64Array;
  readonly #cells = new Map<number, number[]>();

  constructor(boxes: readonly Box[]) {
    this.#edges = new Float64Array(boxes.length * 4);
    for (const [i, { left, top, right, bottom }] of boxes.entries()) {
      this.#edges.set([left, top, right, bottom], i * 4);
      this.#eachCell(left, top, right, bottom, (key) => {
        const own = this.#cells.get(key);
        if (own) own.push(i);
        else this.#cells.set(key, [i]);
      });
    }
  }

  /** Indices of the rectangles that touch the box, in their own order. */
  within(box: Box): number[] {
    const found = new Set<number>();
    const columns = Math.ceil((box.right - box.left) / cell) + 1;
    const rows = Math.ceil((box.bottom - box.top) / cell) + 1;
    if (columns * rows > this.#cells.size) {
      for (let i = 0; i * 4 < this.#edges.length; i++) if (this.#touches(i, box)) found.add(i);
      return [...found];
    }
    this.#eachCell(box.left, box.top, box.right, box.bottom, (key) => {
      for (const i of this.#cells.get(key) ?? []) if (this.#touches(i, box)) found.add(i);
    });
    return [...found].sort((a, b) => a - b);
  }

  #touches(i: number, box: Box): boolean {
    const edges = this.#edges;
    const at = i * 4;
    return (
      (edges[at] as number) <= box.right &&
      (edges[at + 1] as number) <= box.bottom &&
      (edges[at + 2] as number) >= box.left &&
      (edges[at + 3] as number) >= box.top
    );
  }

  #eachCell(left: number, top: number, right: number, bottom: number, visit: (key: number) => void): void {
    for (let x = Math.floor(left / cell); x <= Math.floor(right / cell); x++) {
      // Maps of less than a million cells a side have one key for each cell.
      for (let y = Math.floor(top / cell); y <= Math.floor(bottom / cell); y++) visit(x * 1_000_003 + y);
    }
  }
}
