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
  const { tip, tipRadians } = route;
  const path = svgPath(route.path);
  const place = label ?? (!far && saysFailure(picture) ? route.atTarget : null);
  return (
    <g class={classes.filter(Boolean).join(" ")} data-edge={edge.id}>
      <path class="hit" d={path} />
      <path class="line" d={path} stroke-width={width} />
      <path
        class="head"
        d={`M0 0L-10 ${-3.6 - width * 0.5}L-8 0L-10 ${3.6 + width * 0.5}Z`}
        transform={`translate(${tip.x} ${tip.y}) rotate(${(tipRadians * 180) / Math.PI})`}
      />
      {health === "failing" && <FailureMark at={route.middle} />}
      {place && <Label at={place} text={labelOf(picture)} size={far ? 13 : 10.5} />}
    </g>
  );
}

function svgPath([x, y, ...curves]: readonly number[]): string {
  return `M${x} ${y}C${curves.join(" ")}`;
}

/** Ten times the connections is a little more than one px more. */
function lineWidth({ rates, health }: EdgePicture): number {
  if (health === "idle" || health === "gone") return 1.2;
  const wide = 1.4 + 1.15 * Math.log10(1 + (rates?.openedPerSecond ?? 0));
  return Math.round(10 * Math.min(4.5, health === "failing" ? Math.max(2, wide) : wide)) / 10;
}

/** An edge that never succeeded has no traffic to see: it says in words what it is. A loop has no room for them beside its mark. */
function saysFailure({ health, edge }: EdgePicture): boolean {
  return health === "failing" && edge.connectionsOpened === 0 && edge.source !== edge.target;
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
