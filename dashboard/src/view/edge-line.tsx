import { labelOf } from "../graph/edge-words";
import type { Point } from "../graph/layout/geometry";
import type { EdgePicture } from "../graph/picture";
import type { Anchor, Route } from "../graph/routes/routes";

interface Props {
  picture: EdgePicture;
  route: Route;
  dim: boolean;
  selected: boolean;
  /** Where to write its rate; null for nowhere. */
  label: Anchor | null;
  far: boolean;
}

export function EdgeLine({ picture, route, dim, selected, label, far }: Props) {
  const { edge, health } = picture;
  const width = lineWidth(picture);
  // An unhealthy edge is what people look for: it is never dimmed.
  const faded = dim && health !== "failing";
  const classes = ["edge", `is-${health}`, faded && "dim", selected && "selected", label && "lit"];
  const { tip, tipDegrees } = route;
  return (
    <g class={classes.filter(Boolean).join(" ")} data-edge={edge.id}>
      <path class="hit" d={route.path} />
      <path class="line" d={route.path} stroke-width={width} />
      <path
        class="head"
        d={`M0 0L-10 ${-3.6 - width * 0.5}L-8 0L-10 ${3.6 + width * 0.5}Z`}
        transform={`translate(${tip.x} ${tip.y}) rotate(${tipDegrees})`}
      />
      {health === "failing" && <FailureMark at={route.middle} />}
      {label && <Label at={label} text={labelOf(picture)} size={far ? 13 : 10.5} />}
      {!label && isNeverOpened(picture) && (
        <Label
          at={{ ...route.middle, y: route.middle.y + 17, away: 0 }}
          text={labelOf(picture)}
          size={far ? 13 : 10.5}
        />
      )}
    </g>
  );
}

/** Ten times the connections is a little more than one px more. */
function lineWidth({ rates, health }: EdgePicture): number {
  if (health === "idle" || health === "gone") return 1.2;
  const wide = 1.4 + 1.15 * Math.log10(1 + (rates?.openedPerSecond ?? 0));
  return Math.round(10 * Math.min(4.5, health === "failing" ? Math.max(2, wide) : wide)) / 10;
}

/** Such an edge has no traffic to see: it says in words what it is. */
function isNeverOpened({ health, edge }: EdgePicture): boolean {
  return health === "failing" && edge.connectionsOpened === 0;
}

function FailureMark({ at }: { at: Point }) {
  return (
    <g class="mark" transform={`translate(${at.x} ${at.y})`}>
      <circle r="8" />
      <path d="M-3 -3L3 3M3 -3L-3 3" />
    </g>
  );
}

function Label({ at, text, size }: { at: Anchor; text: string; size: number }) {
  const width = (text.length + 1.6) * size * 0.6;
  const height = Math.min(16, size * 1.42);
  return (
    <g class="label" transform={`translate(${at.x + (at.away * width) / 2} ${at.y})`}>
      <rect x={-width / 2} y={-height / 2} width={width} height={height} rx={height / 2} />
      <text y={size * 0.36} font-size={size}>
        {text}
      </text>
    </g>
  );
}
