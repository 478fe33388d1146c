import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Picture } from "../graph/picture";
import { scene } from "../live";
import { Legend } from "./legend";
import type { MapCanvas } from "./map-canvas";
import { MapControls } from "./map-controls";
import { Minimap } from "./minimap";
import { Mirror } from "./mirror";
import { Newcomers } from "./newcomers";
import { settled } from "./seen";
import { startMap } from "./start-map";

/** The map: a canvas for the eye and the pointer, a list of buttons for the keyboard, and what floats above both. */
export function ServiceMap(_: { picture: Picture }) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const map = useRef<MapCanvas | null>(null);
  const [started, setStarted] = useState(false);

  useLayoutEffect(() => {
    if (!frame.current || !canvas.current) return;
    const running = startMap(frame.current, canvas.current, layer);
    map.current = running.map;
    setStarted(true);
    return () => {
      running.stop();
      map.current = null;
    };
  }, []);
  useKeys(map);
  settled.value;
  const now = scene.value;

  return (
    <div class="stage">
      <p id="map-keys" class="visually-hidden">
        Arrow keys move between services, with Shift along a dependency. Enter opens one, plus and minus zoom, 0 shows
        everything.
      </p>
      <div class="map" ref={frame} role="group" aria-label="Map of services" aria-describedby="map-keys">
        <canvas ref={canvas} aria-hidden="true" />
        {now && <Mirror scene={now} map={map} layer={layer} />}
      </div>
      {started && now && map.current && (
        <>
          <Newcomers scene={now} map={map.current} />
          <MapControls map={map.current} />
          <div class="map-corner">
            <Minimap scene={now} map={map.current} />
            <Legend scene={now} map={map.current} />
          </div>
        </>
      )}
    </div>
  );
}

/** Plus, minus and 0 work wherever the focus is, except while typing. */
function useKeys(map: { current: MapCanvas | null }): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const camera = map.current?.camera;
      if (event.key === "+" || event.key === "=") camera?.zoom(1.25);
      else if (event.key === "-") camera?.zoom(0.8);
      else if (event.key === "0") camera?.fit(scene.peek()?.bounds ?? null);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}
