import { type Box, extentOf, type Placement, titleHeight } from "../graph/layout/geometry";

const titles: Record<string, string> = {
  "tier/edge": "Entry",
  "tier/service": "Services",
  "tier/data": "Data",
  "tier/external": "External",
};

/** Everything the map draws; null for an empty map. */
export function mapBounds(placement: Placement): Box | null {
  return extentOf(placement);
}

/** A quiet box behind the services of one role. */
export function Lanes({ placement }: { placement: Placement }) {
  return (
    <g class="lanes" aria-hidden="true">
      {[...placement.boxes].map(([id, { left, top, right, bottom }]) => (
        <g key={id}>
          <rect x={left} y={top} width={right - left} height={bottom - top} rx="16" />
          <text x={left + 20} y={top + titleHeight - 5}>
            {titles[id] ?? id}
          </text>
        </g>
      ))}
    </g>
  );
}
