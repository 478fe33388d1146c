import { effect, signal, untracked } from "@preact/signals";
import type { RefObject } from "preact";
import { highlightOf, type Pointed } from "../graph/scene/highlight";
import type { Hit } from "../graph/scene/hit";
import { scene, tidied } from "../live";
import { address, go } from "../ui/address";
import { attachGestures } from "./gestures";
import { closeGroup, openGroup } from "./groups-by-hand";
import { MapCanvas } from "./map-canvas";
import { boxOfPointed, idsOf, pointedBy, samePointed, toggle } from "./pointing";
import { onTheMap, settled } from "./seen";

/** A second click within this time opens or folds a group, instead of choosing it. */
const doubleClickMs = 230;

/** Brings the canvas to life: what it shows, where it looks, and what pointing at it does. */
export function startMap(
  frame: HTMLElement,
  canvas: HTMLCanvasElement,
  layer: RefObject<HTMLElement | null>,
): { map: MapCanvas; stop(): void } {
  const map = new MapCanvas(canvas, {
    drawn: () => {
      placeLayer(map, layer.current);
      markFirst(map);
    },
    settled: (place) => {
      if (!place || !map.camera.isAt(address.peek().at)) go({ at: place && { ...place } });
      settled.value++;
    },
  });
  const stops = [
    watchSize(map, frame),
    watchColours(map),
    watchScene(map),
    watchAddress(map),
    watchPointer(map, frame),
    attachGestures(frame, { get: () => map.view, set: (view) => map.camera.move(view) }),
  ];
  onTheMap.value = map;
  return {
    map,
    stop() {
      for (const stop of stops) stop();
      map.stop();
      if (onTheMap.peek() === map) onTheMap.value = null;
    },
  };
}

/** The buttons follow the cards; their focus rings keep their width at every zoom. Moving hundreds in each frame costs more than
 *  the drawing, so while a large map is moved they wait. */
function placeLayer(map: MapCanvas, layer: HTMLElement | null): void {
  if (!layer) return;
  layer.classList.toggle("waiting", map.busy);
  if (map.busy) return;
  const { scale, x, y } = map.view;
  layer.style.transform = `translate(${x}px,${y}px) scale(${scale})`;
  layer.style.setProperty("--zoom", String(scale));
}

let marked = false;

function markFirst(map: MapCanvas): void {
  if (marked || !map.scene || map.scene.cards.length === 0) return;
  marked = true;
  performance.mark("tendril:map");
}

function watchSize(map: MapCanvas, frame: HTMLElement): () => void {
  let first = true;
  const observer = new ResizeObserver(() => {
    map.resize(frame.getBoundingClientRect());
    const now = scene.peek();
    const { at, selected } = address.peek();
    // What a link asks for is in the middle, however late the panel beside it comes.
    if (at && !map.camera.byHand) map.camera.go(at);
    else {
      if (first || !selected) map.camera.fitIfUntouched(now?.extent ?? null);
      // When the map becomes smaller, since the panel opens, what is selected is brought back into sight.
      const box = now && selected && boxOfPointed(now, selected);
      if (box) map.camera.reveal(box);
      if (at) map.camera.tell();
    }
    first = false;
    settled.value++;
  });
  observer.observe(frame);
  return () => observer.disconnect();
}

function watchColours(map: MapCanvas): () => void {
  const again = () => map.readColours();
  const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener("change", again);
  const observer = new MutationObserver(again);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  const visible = () => map.request();
  document.addEventListener("visibilitychange", visible);
  return () => {
    for (const query of queries) query.removeEventListener("change", again);
    observer.disconnect();
    document.removeEventListener("visibilitychange", visible);
  };
}

function watchScene(map: MapCanvas): () => void {
  let tidiedBefore = tidied.peek();
  let keyBefore: string | null = null;
  return effect(() => {
    const now = scene.value;
    if (!now) return;
    const tidiedNow = tidied.value !== tidiedBefore;
    tidiedBefore = tidied.value;
    if (tidiedNow) map.glide();
    map.show(now);
    const key = now.key;
    const another = keyBefore !== null && keyBefore !== key;
    keyBefore = key;
    // Another map, or all of it in other places: where the reader looked before means nothing there.
    if (tidiedNow || another) untracked(() => map.camera.fit(now.bounds));
    else map.camera.fitIfUntouched(now.extent);
  });
}

function watchAddress(map: MapCanvas): () => void {
  let at = address.peek().at;
  let selected: Pointed | null = address.peek().selected;
  return effect(() => {
    const next = address.value;
    const sameAt = at?.x === next.at?.x && at?.y === next.at?.y && at?.k === next.at?.k;
    at = next.at;
    const now = scene.peek();
    const elsewhere = !sameAt && next.at !== null && !map.camera.isAt(next.at);
    if (elsewhere && next.at) map.camera.go(next.at);
    if (samePointed(selected, next.selected)) return;
    selected = next.selected;
    if (elsewhere) return;
    const box = now && selected && boxOfPointed(now, selected);
    if (box) map.camera.reveal(box);
  });
}

function watchPointer(map: MapCanvas, frame: HTMLElement): () => void {
  const hovered = signal<Pointed | null>(null);
  const stop = effect(() => {
    const now = scene.value;
    const { selected } = address.value;
    const pointed = hovered.value ?? selected;
    map.point(now && pointed && highlightOf(now, pointed), idsOf(selected), idsOf(hovered.value));
    frame.classList.toggle("pointing", hovered.value !== null);
  });
  const at = (event: MouseEvent) => {
    const { left, top } = frame.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const move = (event: PointerEvent) => {
    if (event.pointerType !== "mouse") return;
    const next = event.buttons === 0 ? pointedBy(map.hit(at(event), false)) : hovered.peek();
    if (!samePointed(next, hovered.peek())) hovered.value = next;
  };
  const leave = () => {
    hovered.value = null;
  };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const click = (event: MouseEvent) => {
    // The buttons of the mirror are pressed by keyboard and screen readers only.
    if (event.target instanceof HTMLButtonElement) return;
    const hit = map.hit(at(event), (event as PointerEvent).pointerType === "touch");
    clearTimeout(waiting);
    const group = groupHit(hit);
    if (!group) toggle(pointedBy(hit));
    else if (event.detail >= 2) group.turn();
    else waiting = setTimeout(() => toggle(pointedBy(hit)), doubleClickMs);
  };
  frame.addEventListener("pointermove", move);
  frame.addEventListener("pointerleave", leave);
  frame.addEventListener("click", click);
  return () => {
    stop();
    clearTimeout(waiting);
    frame.removeEventListener("pointermove", move);
    frame.removeEventListener("pointerleave", leave);
    frame.removeEventListener("click", click);
  };
}

function groupHit(hit: Hit | null): { turn(): void } | null {
  if (hit?.kind === "frame") return { turn: () => closeGroup(hit.frame.id) };
  return hit?.kind === "card" && hit.card.node.kind === "group" ? { turn: () => openGroup(hit.card.id) } : null;
}
