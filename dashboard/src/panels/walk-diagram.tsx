import { useState } from "preact/hooks";
import { endpointText } from "../graph/edge-words";
import { healthGlyph } from "../graph/health";
import type { EdgePicture, NodePicture } from "../graph/picture";
import { byUrgency } from "../graph/sums";
import { formatCount, formatRate, plural } from "../graph/units";
import { select } from "../ui/address";
import { KindIcon } from "../view/icons";
import { HealthWord, ServiceLink } from "./facts";

/** Cards of one side before the rest is asked for. */
const fewCards = 8;
/** Height of a card and the gap below it, as in the style sheet. */
const cardStep = 64;
const cardMiddle = 28;

/** Who calls it, itself, whom it calls: from left to right where there is room, else from top to bottom. */
export function WalkDiagram({ picture }: { picture: NodePicture }) {
  const callers = [...picture.callers].sort(byUrgency);
  const callees = [...picture.callees].sort(byUrgency);
  const [all, setAll] = useState(false);
  const most = all ? Number.POSITIVE_INFINITY : fewCards;
  const rows = Math.max(1, Math.min(most, Math.max(callers.length, callees.length)));
  const hidden = Math.max(0, callers.length - most) + Math.max(0, callees.length - most);
  return (
    <section class="walk-section">
      <div class="walk">
        <Side
          title="Callers"
          edges={callers.slice(0, most)}
          count={callers.length}
          end="source"
          none="Nobody was seen calling it."
        />
        <Wires edges={callers.slice(0, most)} rows={rows} mirrored={false} />
        <div class="walk-centre">
          <div class="walk-self">
            <KindIcon node={picture.node} />
            <b>{picture.node.name}</b>
            <HealthWord health={picture.health} />
            <span class="muted">{formatRate(picture.rate)}</span>
          </div>
        </div>
        <Wires edges={callees.slice(0, most)} rows={rows} mirrored />
        <Side
          title="Calls"
          edges={callees.slice(0, most)}
          count={callees.length}
          end="target"
          none="It was not seen calling anybody."
        />
      </div>
      {(hidden > 0 || all) && (
        <button type="button" class="link" onClick={() => setAll(!all)}>
          {all ? "Fewer" : `${plural(hidden, "more dependency", "more dependencies")}`}
        </button>
      )}
    </section>
  );
}

interface SideProps {
  title: string;
  edges: readonly EdgePicture[];
  count: number;
  end: "source" | "target";
  none: string;
}

function Side({ title, edges, count, end, none }: SideProps) {
  return (
    <div class="walk-side">
      <h3>
        {title} <span class="count">{count}</span>
      </h3>
      {count === 0 && <p class="muted">{none}</p>}
      <ul>
        {edges.map((edge) => (
          <Card key={edge.edge.id} picture={edge} end={end} />
        ))}
      </ul>
    </div>
  );
}

function Card({ picture, end }: { picture: EdgePicture; end: "source" | "target" }) {
  const { edge, health, rates } = picture;
  return (
    <li class={`walk-card is-${health}-card`}>
      <span class={`glyph is-${health}`} title={health}>
        <span aria-hidden="true">{healthGlyph[health]}</span>
        <span class="visually-hidden">{health}</span>
      </span>
      <ServiceLink id={picture[end].id} name={picture[end].name} />
      <span class="rate">
        {formatRate(rates?.openedPerSecond ?? null)}
        {edge.connectionsActive > 0 && <span class="muted"> {formatCount(edge.connectionsActive)} open</span>}
      </span>
      <button
        type="button"
        class="link port"
        title="This dependency: evidence, charts, single connections"
        onClick={() => select({ kind: "edge", id: edge.id })}
      >
        {endpointText(edge)}
        {edge.connectionsFailed > 0 && <span class="is-failing"> {formatCount(edge.connectionsFailed)} failed</span>}
      </button>
    </li>
  );
}

/** Lines from each card to the middle; wider is more connections a second. */
function Wires({ edges, rows, mirrored }: { edges: readonly EdgePicture[]; rows: number; mirrored: boolean }) {
  const height = rows * cardStep;
  const middle = height / 2 - (cardStep - 2 * cardMiddle) / 2;
  const offset = (rows - Math.max(1, edges.length)) / 2;
  return (
    <svg class="walk-wires" width="72" height={height} viewBox={`0 0 72 ${height}`} aria-hidden="true">
      {edges.map(({ edge, health, rates }, i) => {
        const y = (i + offset) * cardStep + cardMiddle;
        const path = mirrored
          ? `M0 ${middle}C36 ${middle} 30 ${y} 66 ${y}`
          : `M0 ${y}C36 ${y} 30 ${middle} 66 ${middle}`;
        const tip = mirrored ? y : middle;
        const width = Math.min(4, 1.4 + Math.log10(1 + (rates?.openedPerSecond ?? 0)));
        return (
          <g key={edge.id} class={`wire is-${health}-wire`}>
            <path d={path} stroke-width={width} />
            <path class="wire-head" d={`M72 ${tip}l-9 -4.5v9z`} />
          </g>
        );
      })}
    </svg>
  );
}
