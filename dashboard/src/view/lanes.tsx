import { type Box, boundsOf, cardWidth, type Placement } from "../graph/layout/geometry";

const titles = ["Entry", "Services", "Data", "External"];
const side = 22;
const above = 46;
const below = 26;

/** Everything the map draws, with the lanes' captions; null for an empty map. */
export function mapBounds(placement: Placement): Box | null {
  const box = boundsOf(placement.positions.values());
  return box && { left: box.left - side, right: box.right + side, top: box.top - above, bottom: box.bottom + below };
}

/** A quiet band behind each run of columns of one role. */
export function Lanes({ placement }: { placement: Placement }) {
  const box = mapBounds(placement);
  if (!box) return null;
  const used = new Set([...placement.positions.values()].map((point) => point.x));
  const runs: { lane: number; from: number; to: number }[] = [];
  for (const { lane, x } of placement.columns) {
    if (!used.has(x)) continue;
    const last = runs.at(-1);
    if (last?.lane === lane) last.to = x;
    else runs.push({ lane, from: x, to: x });
  }
  return (
    <g class="lanes" aria-hidden="true">
      {runs.map(({ lane, from, to }) => {
        const left = from - cardWidth / 2 - side;
        return (
          <g key={`${lane}/${from}`}>
            <rect x={left} y={box.top} width={to - from + cardWidth + 2 * side} height={box.bottom - box.top} rx="16" />
            <text x={left + side} y={box.top + 25}>
              {titles[lane]}
            </text>
          </g>
        );
      })}
    </g>
  );
}
