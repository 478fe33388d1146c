import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Box, Point } from "../graph/layout/geometry";
import type { Scene } from "../graph/scene/scene";
import { address } from "../ui/address";
import { alongEdge, nearestTowards } from "./arrow-keys";
import { closeGroup, openGroup } from "./groups-by-hand";
import type { MapCanvas } from "./map-canvas";
import { type MirrorItem, mirrorItems } from "./mirror-items";
import { sightOf } from "./paint/view-frame";
import { toggle } from "./pointing";

interface Props {
  scene: Scene;
  map: RefObject<MapCanvas | null>;
  layer: RefObject<HTMLDivElement | null>;
}

/**
 * The map for the keyboard and for screen readers: a button at the place of each card, which only its focus ring shows. The
 * pointer goes through to the canvas.
 */
export function Mirror({ scene, map, layer }: Props) {
  const [focused, setFocused] = useState<string | null>(null);
  const toFocus = useRef<string | null>(null);
  const canvas = map.current;
  const items = canvas
    ? mirrorItems(scene, canvas.level, sightOf(canvas.view, canvas.camera.size), focused)
    : mirrorItems(scene, "far", { left: 0, top: 0, right: 0, bottom: 0 }, focused);
  const selected = selectedId();
  const tabbable = [focused, selected, items[0]?.id].find((id) => items.some((item) => item.id === id)) ?? null;

  useLayoutEffect(() => {
    if (toFocus.current === null) return;
    const button = layer.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(toFocus.current)}"]`);
    if (button) toFocus.current = null;
    button?.focus({ preventScroll: true });
  });

  const goTo = (id: string) => {
    toFocus.current = id;
    setFocused(id);
    const box = scene.cardOf.get(id)?.box ?? scene.frameOf.get(id)?.box;
    if (box) map.current?.camera.reveal(box);
  };
  const press = (event: KeyboardEvent, item: MirrorItem) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      const along = event.shiftKey && (event.key === "ArrowLeft" || event.key === "ArrowRight");
      const next = along
        ? alongEdge(event.key, item.id, scene.shown.edges.values())
        : nearestTowards(event.key, item.id, placesOf(scene, items));
      if (next) goTo(next);
    } else if (event.key === "Enter") {
      event.preventDefault();
      enter(event.shiftKey, item);
    } else if (event.key === " ") {
      event.preventDefault();
      toggle(pointedItem(item));
    }
  };
  const enter = (shift: boolean, item: MirrorItem) => {
    const group = item.kind === "service" ? scene.cardOf.get(item.id)?.node.group : item.id;
    if (shift && group !== undefined) {
      if (item.kind === "service") toFocus.current = group;
      setFocused(group);
      closeGroup(group);
    } else if (item.kind === "service") toggle(pointedItem(item));
    else if (item.kind === "folded") {
      const first = scene.shown.groups.get(item.id)?.members[0];
      if (first !== undefined) toFocus.current = first;
      openGroup(item.id);
    } else {
      const first = scene.shown.groups.get(item.id)?.members[0];
      map.current?.camera.zoomTo(item.box);
      if (first !== undefined) goTo(first);
    }
  };

  return (
    <div class="mirror" ref={layer}>
      {items.map((item) => (
        <button
          key={item.id}
          type="button"
          data-node={item.id}
          data-x={Math.round((item.box.left + item.box.right) / 2)}
          data-y={Math.round((item.box.top + item.box.bottom) / 2)}
          style={placeOf(item.box)}
          tabIndex={tabbable === item.id ? 0 : -1}
          aria-pressed={selected === item.id}
          aria-label={item.label}
          onFocus={() => setFocused(item.id)}
          onClick={() => toggle(pointedItem(item))}
          onKeyDown={(event) => press(event, item)}
        />
      ))}
    </div>
  );
}

function placeOf({ left, top, right, bottom }: Box): string {
  return `left:${left}px;top:${top}px;width:${right - left}px;height:${bottom - top}px`;
}

function selectedId(): string | null {
  const { selected } = address.value;
  return selected && (selected.kind === "node" || selected.kind === "group") ? selected.id : null;
}

function pointedItem({ id, kind }: MirrorItem) {
  return { kind: kind === "service" ? ("node" as const) : ("group" as const), id };
}

/** From a box to boxes, from a card to cards. */
function placesOf(scene: Scene, items: readonly MirrorItem[]): Map<string, Point> {
  const boxes = items.some((item) => item.kind === "frame")
    ? items.map(({ id, box }) => ({ id, box }))
    : scene.cards.map(({ id, box }) => ({ id, box }));
  return new Map(boxes.map(({ id, box }) => [id, { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 }]));
}
