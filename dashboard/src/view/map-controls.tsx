import { tidy } from "../live";
import { Sign } from "./icons";
import type { ViewportControl } from "./use-viewport";

export function MapControls({ viewport, untidy }: { viewport: ViewportControl; untidy: boolean }) {
  return (
    <div class="map-controls">
      <button type="button" title="Zoom in (+)" aria-label="Zoom in" onClick={() => viewport.zoom(1.25)}>
        <Sign name="plus" />
      </button>
      <button type="button" title="Zoom out (−)" aria-label="Zoom out" onClick={() => viewport.zoom(0.8)}>
        <Sign name="minus" />
      </button>
      <button type="button" title="Show everything (0)" aria-label="Show everything" onClick={() => viewport.fit()}>
        <Sign name="fit" />
      </button>
      <button
        type="button"
        class={untidy ? "tidy wanted" : "tidy"}
        title={untidy ? "Several services came: arrange the map anew (t)" : "Arrange the map anew (t)"}
        onClick={tidy}
      >
        <Sign name="tidy" />
        Tidy
      </button>
    </div>
  );
}
