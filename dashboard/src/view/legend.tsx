import { healthGlyph } from "../graph/health";
import type { Card, Scene } from "../graph/scene/scene";
import { dashes } from "../graph/scene/weights";
import { type LegendItem, legendOf } from "./legend-items";
import type { MapCanvas } from "./map-canvas";
import { overlaps, sightOf } from "./paint/view-frame";

export function Legend({ scene, map }: { scene: Scene; map: MapCanvas }) {
  return (
    <details class="legend">
      <summary>Legend</summary>
      <dl>
        {itemsOn(scene, map).map((item) => (
          <div key={item.text}>
            <dt>
              <LegendSign sign={item.sign} />
            </dt>
            <dd>{item.text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

/** Of what is in sight now. */
export function itemsOn(scene: Scene, map: MapCanvas): LegendItem[] {
  const sight = sightOf(map.view, map.camera.size);
  const far = map.level === "far";
  const cards = scene.cardGrid.within(sight).map((i) => scene.cards[i] as Card);
  const frames = scene.frames.filter(({ box }) => overlaps(box, sight));
  return legendOf(map.drawn, far ? cards.filter((card) => !card.frame) : cards, frames, far);
}

function LegendSign({ sign }: { sign: LegendItem["sign"] }) {
  if (sign.kind === "glyph") return <span class={`is-${sign.health}`}>{healthGlyph[sign.health]}</span>;
  if (sign.kind === "line" || sign.kind === "ribbon")
    return (
      <svg width="34" height="10" aria-hidden="true" class={`legend-line is-${sign.health} ${sign.kind}`}>
        <path d="M0 5H34" stroke-dasharray={dashes[sign.health].join(" ")} />
      </svg>
    );
  return <i class={`legend-${sign.kind}`} aria-hidden="true" />;
}
