import { useState } from "preact/hooks";
import { endpointText } from "../graph/edge-words";
import type { EdgePicture } from "../graph/picture";
import { byUrgency } from "../graph/sums";
import { formatCount, formatRate, plural } from "../graph/units";
import { select } from "../ui/address";
import { HealthWord } from "./facts";

const few = 40;

/** Dependencies, those that need a person first; each leads to itself. */
export function EdgeList({ edges }: { edges: readonly EdgePicture[] }) {
  const [all, setAll] = useState(false);
  const sorted = [...edges].sort(byUrgency);
  const shown = all ? sorted.slice(0, 1000) : sorted.slice(0, few);
  return (
    <>
      <ul class="edge-list">
        {shown.map(({ edge, source, target, health, rates }) => (
          <li key={edge.id}>
            <button type="button" onClick={() => select({ kind: "edge", id: edge.id })}>
              <HealthWord health={health} />
              <span class="edge-name">
                {source.name} → {target.name} <span class="muted">{endpointText(edge)}</span>
              </span>
              <span class="rate">
                {formatRate(rates?.openedPerSecond ?? null)}
                {edge.connectionsActive > 0 && <small> {formatCount(edge.connectionsActive)} open</small>}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {!all && sorted.length > few && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          {plural(sorted.length - few, "more dependency", "more dependencies")}
        </button>
      )}
    </>
  );
}
