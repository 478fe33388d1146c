import { healthGlyph } from "../graph/health";
import { cardHeight, cardWidth, type Point } from "../graph/layout/geometry";
import type { NodePicture } from "../graph/picture";
import { formatCount, formatRate, plural } from "../graph/units";
import { KindShape } from "./icons";
import { fitName } from "./measure";

interface Props {
  picture: NodePicture;
  at: Point;
  far: boolean;
  dim: boolean;
  selected: boolean;
  /** The one node that Tab reaches; arrow keys go on from there. */
  tabbable: boolean;
}

const left = -cardWidth / 2 + 12;
const right = cardWidth / 2 - 12;

export function NodeCard({ picture, at, far, dim, selected, tabbable }: Props) {
  const { node, health } = picture;
  const classes = ["node", `is-${health}`, dim && "dim", selected && "selected", !picture.matches && "context"];
  return (
    <g
      class={classes.filter(Boolean).join(" ")}
      data-node={node.id}
      style={{ transform: `translate(${at.x}px, ${at.y}px)` }}
      role="button"
      tabindex={tabbable ? 0 : -1}
      aria-pressed={selected}
      aria-label={describe(picture)}
    >
      <title>{node.name}</title>
      <rect
        class="ring"
        x={-cardWidth / 2 - 4}
        y={-cardHeight / 2 - 4}
        width={cardWidth + 8}
        height={cardHeight + 8}
        rx="13"
      />
      <rect class="card" x={-cardWidth / 2} y={-cardHeight / 2} width={cardWidth} height={cardHeight} rx="9" />
      {far ? <FarText picture={picture} /> : <NearText picture={picture} />}
    </g>
  );
}

function NearText({ picture }: { picture: NodePicture }) {
  const { node, health } = picture;
  return (
    <>
      <g transform={`translate(${left} -21)`}>
        <KindShape node={node} />
      </g>
      <text class="name" x={left + 23} y="-8">
        {fitName(node.name, 13.5, right - left - 23)}
      </text>
      <text class="state" x={left} y="18">
        <tspan class="glyph">{healthGlyph[health]}</tspan>
        <tspan dx="5">{health}</tspan>
        {node.port !== null && (
          <tspan class="port" dx="8">
            :{node.port}
          </tspan>
        )}
      </text>
      <text class="rate" x={right} y="18">
        {rateText(picture)}
      </text>
    </>
  );
}

/** From afar only the name can be read, so it gets all the room. */
function FarText({ picture }: { picture: NodePicture }) {
  const lines = fitName(picture.node.name, 20, right - left - 16, 2);
  return (
    <>
      <text class="far-glyph" x={left} y="7">
        {healthGlyph[picture.health]}
      </text>
      <text class="far-name">
        {lines.map((line, i) => (
          <tspan key={line} x={left + 22} y={lines.length === 1 ? 7 : -4 + 23 * i}>
            {line}
          </tspan>
        ))}
      </text>
    </>
  );
}

/** Connections a second; those it makes, when nobody calls it; those that are open, when all are long-lived. */
function rateText({ rate, callers }: NodePicture): string {
  if (callers.length === 0) return rate ? `→ ${formatRate(rate)}` : formatRate(rate);
  const open = callers.reduce((sum, { edge }) => sum + edge.connectionsActive, 0);
  return rate === 0 && open > 0 ? `${formatCount(open)} open` : formatRate(rate);
}

/** What a screen reader says: all that the card shows, in words. */
function describe({ node, health, rate, callers, callees }: NodePicture): string {
  const parts = [node.name, health];
  if (node.port !== null) parts.push(`port ${node.port}`);
  if (rate !== null) parts.push(`${formatRate(rate).replace("/s", "")} connections per second`);
  parts.push(plural(callers.length, "caller"), plural(callees.length, "callee"));
  return parts.join(", ");
}
