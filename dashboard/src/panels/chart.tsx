import { useState } from "preact/hooks";
import type { History, HistoryPoint } from "../graph/history";
import { formatAge } from "../graph/units";

export interface Series {
  name: string;
  /** "" for the main line, else a class that makes it look otherwise. */
  look: string;
  value: (point: HistoryPoint) => number | null;
}

interface Props {
  title: string;
  history: History;
  series: readonly Series[];
  format: (value: number | null) => string;
}

const height = 56;
const width = 300;

/** A small line over the session: the scale at its side, the value under the pointer, and all of it in words. */
export function Chart({ title, history, series, format }: Props) {
  const [at, setAt] = useState<number | null>(null);
  const { points } = history;
  const most = Math.max(...series.flatMap(({ value }) => points.map((point) => value(point) ?? 0)), 0);
  const top = most === 0 ? 1 : most;
  const shown = at === null ? points.at(-1) : points[Math.min(at, points.length - 1)];
  const x = (i: number) => (points.length < 2 ? width : (i * width) / (points.length - 1));
  const y = (value: number) => height - 2 - (value / top) * (height - 6);
  const point = (event: PointerEvent) => {
    const frame = (event.currentTarget as Element).getBoundingClientRect();
    setAt(Math.round(((event.clientX - frame.left) / frame.width) * (points.length - 1)));
  };
  return (
    <figure class="chart">
      <figcaption>
        <b>{title}</b>
        <span class="chart-values">
          {series.map(({ name, look, value }) => (
            <span key={name} class={look || undefined}>
              {series.length > 1 && `${name} `}
              {format(shown ? value(shown) : null)}
            </span>
          ))}
          <span class="muted">{at === null || !shown ? "now" : `${formatAge(history.toMs - shown.timeMs)} ago`}</span>
        </span>
      </figcaption>
      <div class="chart-frame">
        <span class="chart-scale" aria-hidden="true">
          <span>{format(most)}</span>
          <span>0</span>
        </span>
        <svg
          viewBox={`0 0 ${width} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={describe({ title, history, series, format })}
          onPointerMove={point}
          onPointerLeave={() => setAt(null)}
        >
          <path class="chart-axis" d={`M0 ${y(top)}H${width}M0 ${height - 1}H${width}`} />
          {series.map(({ name, look, value }, i) => (
            <g key={name} class={look ? `chart-series ${look}` : "chart-series"}>
              {i === 0 && <path class="chart-area" d={areaOf(points, value, x, y)} />}
              <path class="chart-line" d={lineOf(points, value, x, y)} />
            </g>
          ))}
          {at !== null && <path class="chart-cursor" d={`M${x(Math.min(at, points.length - 1))} 0V${height}`} />}
        </svg>
      </div>
      <div class="chart-times" aria-hidden="true">
        <span>{formatAge(history.toMs - history.fromMs)} ago</span>
        <span>now</span>
      </div>
    </figure>
  );
}

type Scale = (value: number) => number;

/** Broken where nothing was measured. */
function lineOf(points: readonly HistoryPoint[], value: Series["value"], x: Scale, y: Scale): string {
  let path = "";
  let down = false;
  points.forEach((point, i) => {
    const here = value(point);
    if (here !== null) path += `${down ? "L" : "M"}${x(i).toFixed(1)} ${y(here).toFixed(1)}`;
    down = here !== null;
  });
  return path;
}

function areaOf(points: readonly HistoryPoint[], value: Series["value"], x: Scale, y: Scale): string {
  if (points.length < 2 || points.some((point) => value(point) === null)) return "";
  return `${lineOf(points, value, x, y)}L${width} ${height}L0 ${height}Z`;
}

/** What the line shows, for who does not see it. */
function describe({ title, history, series, format }: Props): string {
  const parts = series.map(({ name, value }) => {
    const values = history.points.map(value).filter((one) => one !== null);
    if (values.length === 0) return `${name} not measured`;
    return `${name} now ${format(values.at(-1) ?? null)}, from ${format(Math.min(...values))} to ${format(Math.max(...values))}`;
  });
  return `${title} over ${formatAge(history.toMs - history.fromMs)}: ${parts.join("; ")}`;
}
