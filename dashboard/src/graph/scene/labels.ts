import type { Box } from "../layout/geometry";

/** Rectangles on the screen that are taken; what comes later and would overlap is left out. */
export class Taken {
  readonly #boxes: Box[] = [];

  take(box: Box): void {
    this.#boxes.push(box);
  }

  free(box: Box, spare = 2): boolean {
    return this.#boxes.every(
      (other) =>
        box.right + spare <= other.left ||
        other.right + spare <= box.left ||
        box.bottom + spare <= other.top ||
        other.bottom + spare <= box.top,
    );
  }
}
