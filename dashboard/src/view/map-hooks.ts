import { useEffect, useRef, useState } from "preact/hooks";
import type { Box } from "../graph/layout/geometry";
import { tidied } from "../live";
import type { ViewportControl } from "./use-viewport";

/** When the map becomes smaller (the panel opens), what is selected is brought back into sight. */
export function useKeepInSight(
  svg: { current: SVGSVGElement | null },
  reveal: (box: Box) => void,
  sight: () => Box | null,
): void {
  const latest = useRef(sight);
  latest.current = sight;
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const box = latest.current();
      if (box) reveal(box);
    });
    if (svg.current) observer.observe(svg.current);
    return () => observer.disconnect();
  }, []);
}

/** Plus, minus and 0 work wherever the focus is, except while typing. */
export function useZoomKeys(viewport: ViewportControl): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
      if (event.key === "+" || event.key === "=") viewport.zoom(1.25);
      else if (event.key === "-") viewport.zoom(0.8);
      else if (event.key === "0") viewport.fit();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

/** True while a whole layout the reader asked for is under way: cards glide, edges wait. */
export function useTidying(): boolean {
  const [done, setDone] = useState(tidied.peek());
  useEffect(() => {
    const timer = setTimeout(() => setDone(tidied.peek()), 380);
    return () => clearTimeout(timer);
  }, [tidied.value]);
  return done !== tidied.value;
}

/** Runs when the reader has asked for a whole layout; not for those asked for before the map was shown. */
export function useOnTidied(run: () => void): void {
  const seen = useRef(tidied.peek());
  useEffect(() => {
    if (seen.current === tidied.value) return;
    seen.current = tidied.value;
    run();
  }, [tidied.value]);
}
