import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Box, Point } from "../graph/layout/geometry";
import type { Scene } from "../graph/scene/scene";
import { healthOf } from "../graph/shown";
import type { MapCanvas } from "./map-canvas";
import { readColours } from "./paint/colours";
import { sightOf } from "./paint/view-frame";

const most = { width: 180, height: 120 };

/** All of the map, small, while only a part of it is in sight; dragging in it moves the map. */
export function Minimap({ scene, map }: { scene: Scene; map: MapCanvas }) {
  const { bounds } = scene;
  if (!bounds || map.camera.size.width < 640 || showsMost(bounds, sightOf(map.view, map.camera.size))) return null;
  return <SmallMap scene={scene} map={map} bounds={bounds} />;
}

function showsMost(bounds: Box, sight: Box): boolean {
  const share = (low: number, high: number, from: number, to: number) =>
    (Math.min(high, to) - Math.max(low, from)) / (high - low);
  const wide = share(bounds.left, bounds.right, sight.left, sight.right);
  return wide > 0.98 && share(bounds.top, bounds.bottom, sight.top, sight.bottom) > 0.98;
}

function SmallMap({ scene, map, bounds }: { scene: Scene; map: MapCanvas; bounds: Box }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const window_ = useRef<HTMLDivElement>(null);
  const width = bounds.right - bounds.left;
  const height = bounds.bottom - bounds.top;
  const scale = Math.min(most.width / width, most.height / height);
  const size = { width: Math.max(30, Math.round(width * scale)), height: Math.max(20, Math.round(height * scale)) };

  useLayoutEffect(() => {
    if (canvas.current) drawSmall(canvas.current, scene, bounds, scale, size);
  }, [scene, scale]);
  useEffect(
    () =>
      map.watch(() => {
        const sight = sightOf(map.view, map.camera.size);
        const clip = (value: number, limit: number) => Math.min(limit, Math.max(0, value));
        const [left, right] = [sight.left, sight.right].map((x) => clip((x - bounds.left) * scale, size.width));
        const [top, bottom] = [sight.top, sight.bottom].map((y) => clip((y - bounds.top) * scale, size.height));
        const style = window_.current?.style;
        if (!style || left === undefined || right === undefined || top === undefined || bottom === undefined) return;
        style.transform = `translate(${left}px,${top}px)`;
        style.width = `${Math.max(6, right - left)}px`;
        style.height = `${Math.max(6, bottom - top)}px`;
      }),
    [bounds.left, bounds.top, scale],
  );

  const look = (event: PointerEvent & { currentTarget: HTMLElement }) => {
    if (event.buttons === 0) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const at: Point = {
      x: bounds.left + (event.clientX - left) / scale,
      y: bounds.top + (event.clientY - top) / scale,
    };
    map.camera.centreOn(at);
  };
  return (
    <div
      class="minimap"
      aria-hidden="true"
      style={`width:${size.width}px;height:${size.height}px`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        look(event);
      }}
      onPointerMove={look}
    >
      <canvas ref={canvas} />
      <div ref={window_} class="window" />
    </div>
  );
}

function drawSmall(
  canvas: HTMLCanvasElement,
  scene: Scene,
  bounds: Box,
  scale: number,
  size: { width: number; height: number },
): void {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = size.width * ratio;
  canvas.height = size.height * ratio;
  const context = canvas.getContext("2d");
  if (!context) return;
  const colours = readColours(canvas.parentElement as HTMLElement);
  context.scale(ratio, ratio);
  const fill = ({ left, top, right, bottom }: Box, colour: string, least: number) => {
    context.fillStyle = colour;
    const wide = Math.max(least, (right - left) * scale);
    context.fillRect(
      (left - bounds.left) * scale,
      (top - bounds.top) * scale,
      wide,
      Math.max(least, (bottom - top) * scale),
    );
  };
  for (const frame of scene.frames) fill(frame.box, colours.faint, 2);
  for (const { box } of scene.cards) fill(box, colours.faded(colours.edge, 0.5), 1);
  for (const { node, box } of scene.cards) {
    const health = healthOf(node);
    if (health === "failing" || health === "degraded") fill(box, colours.health[health], 3);
  }
}
