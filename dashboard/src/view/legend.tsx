import { type Health, healthGlyph, healthRank } from "../graph/health";
import type { Picture } from "../graph/picture";

const lineWords: Record<Health, string> = {
  failing: "connects fail",
  degraded: "",
  active: "in use; wider is more connections a second",
  idle: "nothing lately",
  gone: "silent for long",
};

/** Explains only what is on the map now. */
export function Legend({ picture }: { picture: Picture }) {
  const nodes = present([...picture.nodes.values()]);
  const edges = present([...picture.edges.values()]).filter((health) => lineWords[health]);
  return (
    <details class="legend">
      <summary>Legend</summary>
      <dl>
        {nodes.map((health) => (
          <div key={health}>
            <dt class={`is-${health}`}>{healthGlyph[health]}</dt>
            <dd>{health}</dd>
          </div>
        ))}
        {edges.map((health) => (
          <div key={health}>
            <dt>
              <svg width="34" height="8" aria-hidden="true" class={`edge is-${health}`}>
                <path class="line" d="M0 4H34" stroke-width="2" />
              </svg>
            </dt>
            <dd>{lineWords[health]}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function present(items: readonly { health: Health }[]): Health[] {
  return [...new Set(items.map((item) => item.health))].sort((a, b) => healthRank[a] - healthRank[b]);
}
