import type { RefObject } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Box, Point } from "../graph/layout/geometry";
import { attachGestures } from "./gestures";
import { farScale, fitTo, panBy, reveal, type Size, type Viewport, zoomAt } from "./viewport";

export interface ViewportControl {
  /** Too small for a card's second line. */
  far: boolean;
  zoom(factor: number): void;
  pan(dx: number, dy: number): void;
  fit(): void;
  /** Fits only while the reader has not moved the map. */
  fitIfUntouched(): void;
  reveal(box: Box): void;
}

const glideMs = 220;

// Outlives the map, so that the table, or a filter that hides all, does not lose the reader's place.
const view: { current: Viewport } = { current: { scale: 1, x: 0, y: 0 } };
const touched = { current: false };

/** Holds zoom and pan outside the component tree: dragging changes one attribute and renders nothing. */
export function useViewport(
  svg: RefObject<SVGSVGElement | null>,
  world: RefObject<SVGGElement | null>,
  bounds: () => Box | null,
) {
  const frame = useRef(0);
  const [far, setFar] = useState(false);

  const control = useMemo<ViewportControl & { set(next: Viewport): void; touch(): void }>(() => {
    const set = (next: Viewport) => {
      view.current = next;
      world.current?.setAttribute("transform", `translate(${next.x} ${next.y}) scale(${next.scale})`);
      setFar(next.scale < farScale);
    };
    const glide = (next: Viewport) => {
      cancelAnimationFrame(frame.current);
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return set(next);
      const from = view.current;
      const start = performance.now();
      const step = (now: number) => {
        const t = Math.min(1, Math.max(0, (now - start) / glideMs));
        const eased = 1 - (1 - t) ** 3;
        const mix = (a: number, b: number) => a + (b - a) * eased;
        set({ scale: mix(from.scale, next.scale), x: mix(from.x, next.x), y: mix(from.y, next.y) });
        if (t < 1) frame.current = requestAnimationFrame(step);
      };
      frame.current = requestAnimationFrame(step);
    };
    const touch = () => {
      touched.current = true;
      cancelAnimationFrame(frame.current);
    };
    const size = (): Size => ({ width: svg.current?.clientWidth ?? 0, height: svg.current?.clientHeight ?? 0 });
    const centre = (): Point => ({ x: size().width / 2, y: size().height / 2 });
    const fitted = () => {
      const box = bounds();
      return box && size().width > 0 ? fitTo(box, size()) : null;
    };
    return {
      far: false,
      set,
      touch,
      zoom(factor) {
        touch();
        glide(zoomAt(view.current, factor, centre()));
      },
      pan(dx, dy) {
        touch();
        set(panBy(view.current, dx, dy));
      },
      fit() {
        touch();
        const next = fitted();
        if (next) glide(next);
      },
      fitIfUntouched() {
        const next = touched.current ? view.current : fitted();
        if (next) set(next);
      },
      reveal(box) {
        const next = reveal(view.current, box, size());
        if (next !== view.current && size().width > 0) glide(next);
      },
    };
  }, []);

  useEffect(() => {
    if (!svg.current) return;
    const set = (next: Viewport) => {
      control.touch();
      control.set(next);
    };
    return attachGestures(svg.current, { get: () => view.current, set });
  }, []);

  return { ...control, far };
}
