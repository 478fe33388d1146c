import { scene, tidy, untidy } from "../live";
import { Sign } from "./icons";
import type { MapCanvas } from "./map-canvas";

export function MapControls({ map }: { map: MapCanvas }) {
  const { camera } = map;
  const wanted = untidy.value;
  return (
    <div class="map-controls">
      <button type="button" title="Zoom in (+)" aria-label="Zoom in" onClick={() => camera.zoom(1.25)}>
        <Sign name="plus" />
      </button>
      <button type="button" title="Zoom out (−)" aria-label="Zoom out" onClick={() => camera.zoom(0.8)}>
        <Sign name="minus" />
      </button>
      <button
        type="button"
        title="Show everything (0)"
        aria-label="Show everything"
        onClick={() => camera.fit(scene.peek()?.bounds ?? null)}
      >
        <Sign name="fit" />
      </button>
      <button
        type="button"
        class={wanted ? "tidy wanted" : "tidy"}
        title={wanted ? "Several services came: arrange the map anew (t)" : "Arrange the map anew (t)"}
        onClick={tidy}
      >
        <Sign name="tidy" />
        Tidy
      </button>
    </div>
  );
}
