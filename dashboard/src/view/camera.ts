import type { Box, Point } from "../graph/layout/geometry";
import {
  fitTo,
  mixViews,
  type Place,
  panBy,
  placeOf,
  reveal,
  type Size,
  type Viewport,
  viewAt,
  zoomAt,
} from "./viewport";

const glideMs = 220;
/** A gesture is over when nothing came for this long. */
const settleMs = 160;

// Outlives the map, so that the table, or a filter that hides all, does not lose the reader's place.
let view: Viewport = { scale: 1, x: 0, y: 0 };
let touched = false;

/** Where the reader looks. Shows all of the map until they move it, and never again after. */
export class Camera {
  size: Size = { width: 0, height: 0 };
  moving = false;
  /** The reader has moved this map since it came onto the page. */
  byHand = false;
  #frame = 0;
  #settle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly changed: () => void,
    /** The reader has moved the map and let it go. Null: all of it is shown. */
    private readonly settled: (place: Place | null) => void,
  ) {}

  get view(): Viewport {
    return view;
  }

  get touched(): boolean {
    return touched;
  }

  get centre(): Point {
    return { x: this.size.width / 2, y: this.size.height / 2 };
  }

  /** By hand. */
  move(next: Viewport): void {
    cancelAnimationFrame(this.#frame);
    this.#set(next);
    this.#touch();
  }

  zoom(factor: number): void {
    this.#touch();
    this.#glide(zoomAt(view, factor, this.centre));
  }

  pan(dx: number, dy: number): void {
    this.move(panBy(view, dx, dy));
  }

  /** All of the map, because the reader asked for it. */
  fit(bounds: Box | null): void {
    if (!bounds || this.size.width === 0) return;
    this.#touch();
    clearTimeout(this.#settle);
    this.moving = false;
    this.#glide(fitTo(bounds, this.size));
    this.settled(null);
  }

  fitIfUntouched(bounds: Box | null): void {
    if (touched || !bounds || this.size.width === 0) return;
    this.#set(fitTo(bounds, this.size));
  }

  /** From the address. */
  go(place: Place): void {
    if (this.size.width === 0) return;
    touched = true;
    cancelAnimationFrame(this.#frame);
    this.#set(viewAt(place, this.size));
  }

  /** To what the address can tell. */
  isAt(place: Place | null): boolean {
    if (!place) return false;
    const { x, y, k } = place;
    const now = placeOf(view, this.size);
    return Math.abs(now.x - x) < 0.2 && Math.abs(now.y - y) < 0.2 && Math.abs(now.k - k) < 0.002;
  }

  /** Moves as little as needed; what is asked for this way is not the reader's own move. */
  reveal(box: Box): void {
    const next = reveal(view, box, this.size);
    if (next !== view && this.size.width > 0) this.#glide(next, () => this.tell());
  }

  /** The place as it is now, where it is the reader's: what is in the middle has become another with the size. */
  tell(): void {
    if (touched && !this.moving) this.settled(placeOf(view, this.size));
  }

  centreOn(at: Point): void {
    this.move(viewAt({ ...at, k: view.scale }, this.size));
  }

  /** Brings it into the middle, at the same zoom. */
  lookAt({ left, top, right, bottom }: Box): void {
    this.#touch();
    this.#glide(viewAt({ x: (left + right) / 2, y: (top + bottom) / 2, k: view.scale }, this.size));
  }

  /** Fills the screen with it. */
  zoomTo(box: Box): void {
    this.#touch();
    this.#glide(fitTo(box, this.size, 30));
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#settle);
  }

  #set(next: Viewport): void {
    view = next;
    this.changed();
  }

  #touch(): void {
    touched = true;
    this.byHand = true;
    this.moving = true;
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      this.moving = false;
      this.changed();
      this.settled(placeOf(view, this.size));
    }, settleMs);
  }

  #glide(next: Viewport, done = () => {}): void {
    cancelAnimationFrame(this.#frame);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#set(next);
      done();
      return;
    }
    const from = view;
    const start = performance.now();
    const step = (now: number) => {
      const part = Math.min(1, Math.max(0, (now - start) / glideMs));
      this.#set(mixViews(from, next, 1 - (1 - part) ** 3));
      if (part < 1) this.#frame = requestAnimationFrame(step);
      else done();
    };
    this.#frame = requestAnimationFrame(step);
  }
}
