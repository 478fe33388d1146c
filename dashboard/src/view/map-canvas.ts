import type { Box, Point } from "../graph/layout/geometry";
import type { Highlight } from "../graph/scene/highlight";
import { type Hit, hitAt } from "../graph/scene/hit";
import { type Level, levelAt } from "../graph/scene/levels";
import type { Scene } from "../graph/scene/scene";
import { Camera } from "./camera";
import { type Colours, readColours } from "./paint/colours";
import { drawMap } from "./paint/map";
import { canvasSurface } from "./paint/surface";
import { type Drawn, sightOf, type ViewFrame } from "./paint/view-frame";
import type { Place, Viewport } from "./viewport";

/** What is not looked at keeps so much of its colour. */
const fadedTo = 0.35;
const fadeMs = 120;
const glideMs = 300;
/** A map with fewer cards than this is drawn in full while it is moved. */
const smallMap = 250;
/** In px: how far from a line still points at it, and what a finger needs. */
const lineReach = { mouse: 6, touch: 14 };
const leastTarget = 24;

interface Watchers {
  /** After each drawing. */
  drawn(): void;
  /** The reader has let go of the map. */
  settled(place: Place | null): void;
}

/** The canvas: draws what it is told, at most once a frame, and knows what is where on it. */
export class MapCanvas {
  readonly camera: Camera;
  drawn: Drawn = { lines: [], ribbons: [] };
  #context: CanvasRenderingContext2D;
  #scene: Scene | null = null;
  #colours: Colours;
  #highlight: Highlight | null = null;
  #selected: ReadonlySet<string> = new Set();
  #hovered: ReadonlySet<string> = new Set();
  /** What is highlighted fades in and out. */
  #faded = { highlight: null as Highlight | null, rest: 1, atMs: 0 };
  #glide: { from: ReadonlyMap<string, Box>; startMs: number } | null = null;
  #frame = 0;
  #ratio = 1;
  readonly #others = new Set<() => void>();

  constructor(
    readonly canvas: HTMLCanvasElement,
    private readonly watchers: Watchers,
  ) {
    this.#context = canvas.getContext("2d", { alpha: false }) as CanvasRenderingContext2D;
    this.#colours = readColours(canvas.parentElement as HTMLElement);
    this.camera = new Camera(() => this.request(), watchers.settled);
  }

  get scene(): Scene | null {
    return this.#scene;
  }

  get view(): Viewport {
    return this.camera.view;
  }

  get level(): Level {
    return levelAt(this.view.scale);
  }

  /** A large map is being moved: all but the drawing can wait. */
  get busy(): boolean {
    return this.camera.moving && (this.#scene?.cards.length ?? 0) > smallMap;
  }

  show(scene: Scene | null): void {
    this.#scene = scene;
    this.request();
  }

  point(highlight: Highlight | null, selected: ReadonlySet<string>, hovered: ReadonlySet<string>): void {
    this.#highlight = highlight;
    this.#selected = selected;
    this.#hovered = hovered;
    this.request();
  }

  /** From where everything is now to where the next scene has it. */
  glide(): void {
    if (!this.#scene || prefersStill()) return;
    const from = new Map<string, Box>();
    for (const { id, box } of [...this.#scene.frames, ...this.#scene.cards]) from.set(id, box);
    this.#glide = { from, startMs: performance.now() };
  }

  readColours(): void {
    this.#colours = readColours(this.canvas.parentElement as HTMLElement);
    this.request();
  }

  /** To the frame's size, on whole device px: between two of them all would be blurred, and slower to bring to the screen. */
  resize(frame: { left: number; top: number; width: number; height: number }): void {
    this.#ratio = window.devicePixelRatio || 1;
    const snapped = (px: number) => Math.round(px * this.#ratio) / this.#ratio;
    const { canvas } = this;
    canvas.width = Math.ceil(frame.width * this.#ratio);
    canvas.height = Math.ceil(frame.height * this.#ratio);
    canvas.style.width = `${canvas.width / this.#ratio}px`;
    canvas.style.height = `${canvas.height / this.#ratio}px`;
    canvas.style.left = `${snapped(frame.left) - frame.left}px`;
    canvas.style.top = `${snapped(frame.top) - frame.top}px`;
    this.camera.size = { width: Math.round(frame.width), height: Math.round(frame.height) };
    // An emptied canvas must not be seen.
    this.#draw(performance.now());
  }

  /** At the next frame; a page nobody sees has none. */
  request(): void {
    if (this.#frame !== 0 || document.hidden) return;
    this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  /** Runs now and after every drawing. */
  watch(run: () => void): () => void {
    this.#others.add(run);
    run();
    return () => this.#others.delete(run);
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.camera.stop();
  }

  onMap({ x, y }: Point): Point {
    const { scale, x: dx, y: dy } = this.view;
    return { x: (x - dx) / scale, y: (y - dy) / scale };
  }

  /** What is at a point of the canvas. */
  hit(at: Point, touch: boolean): Hit | null {
    if (!this.#scene) return null;
    const { scale } = this.view;
    const lines = (touch ? lineReach.touch : lineReach.mouse) / scale;
    const cards = touch ? Math.max(0, (leastTarget / scale - 60) / 2) : 0;
    return hitAt(this.#scene, this.level, this.onMap(at), { lines, cards }, this.drawn);
  }

  /** What is drawn now; null before there is anything. `size`: of another sheet than the screen. */
  input(): ViewFrame | null {
    const { size, view } = this.camera;
    if (!this.#scene || size.width === 0) return null;
    return {
      scene: this.#scene,
      view,
      size,
      colours: this.#colours,
      level: this.level,
      sight: sightOf(view, size, 12),
      highlight: this.#highlight,
      rest: fadedTo,
      selected: this.#selected,
      hovered: this.#hovered,
      moving: false,
      glide: null,
    };
  }

  #draw(now: number): void {
    this.#frame = 0;
    this.#context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    this.#context.fillStyle = this.#colours.page;
    this.#context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const input = this.input();
    if (!input) return;
    const { highlight, rest } = this.#fade(now);
    const glide = this.#gliding(now);
    const surface = canvasSurface(this.#context, this.#ratio);
    this.drawn = drawMap(surface, { ...input, highlight, rest, moving: this.busy, glide });
    this.watchers.drawn();
    for (const run of this.#others) run();
  }

  #fade(now: number): { highlight: Highlight | null; rest: number } {
    const target = this.#highlight ? fadedTo : 1;
    const faded = this.#faded;
    const step = prefersStill() ? 1 : Math.min(0.25, Math.max(0, now - faded.atMs) / fadeMs) * (1 - fadedTo);
    faded.atMs = now;
    if (this.#highlight) faded.highlight = this.#highlight;
    if (faded.rest !== target) {
      faded.rest = target < faded.rest ? Math.max(target, faded.rest - step) : Math.min(target, faded.rest + step);
      if (faded.rest !== target) this.request();
    }
    if (faded.rest === 1 && !this.#highlight) faded.highlight = null;
    return faded;
  }

  #gliding(now: number): ViewFrame["glide"] {
    if (!this.#glide) return null;
    const part = Math.min(1, Math.max(0, (now - this.#glide.startMs) / glideMs));
    const { from } = this.#glide;
    if (part >= 1) this.#glide = null;
    this.request();
    return part >= 1 ? null : { from, part: 1 - (1 - part) ** 3 };
  }
}

function prefersStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
