import type { GraphNode } from "../api/types";

// Drawn on a 16 by 16 grid with strokes, so that one colour rule fits all.
const shapes = {
  process: "M2.5 3.5h11v9h-11zM5 6.5 7 8 5 9.5M8.5 10h2.5",
  container: "M8 1.8 13.6 4.9v6.2L8 14.2 2.4 11.1V4.9zM2.4 4.9 8 8l5.6-3.1M8 8v6.2",
  kubernetes: "M8 1.8 13 4.2l1.2 5.3-3.4 4.3H5.2L1.8 9.5 3 4.2zM8 5.4v5.2M5.6 6.7l4.8 2.6M10.4 6.7 5.6 9.3",
  systemd: "M5 3H2.5v10H5M11 3h2.5v10H11M8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6z",
  data: "M3 4c0-1.2 2.2-2 5-2s5 .8 5 2-2.2 2-5 2-5-.8-5-2zv8c0 1.2 2.2 2 5 2s5-.8 5-2V4M3 8c0 1.2 2.2 2 5 2s5-.8 5-2",
  external:
    "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12M8 2c2 1.7 2.8 3.7 2.8 6S10 12.3 8 14C6 12.3 5.2 10.3 5.2 8S6 3.7 8 2z",
  other: "M2.5 4.5h11v7h-11zM5 8h.1M8 8h.1M11 8h.1",
  entry: "M8.5 2.5h5v11h-5M2 8h7.5M6.8 5.2 9.6 8l-2.8 2.8",
  address:
    "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM6.3 6.4c0-1 .8-1.6 1.7-1.6s1.7.6 1.7 1.5C9.7 7.5 8 7.6 8 9M8 11v.3",
} as const;

export const groupShape =
  "M2.5 2.5h4.5v4.500h-4.500zM9 2.5h4.500v4.500H9zM2.5 9h4.500v4.500h-4.500zM9 9h4.500v4.500H9z";

/** The shape says what it is; its state has its own glyph. */
export function kindShape(node: GraphNode): string {
  if (node.kind === "other") return shapes.other;
  if (node.tier === "external") return shapes.external;
  if (node.tier === "data") return shapes.data;
  if (node.kind === "process" && node.tier === "edge") return shapes.entry;
  return node.kind in shapes ? shapes[node.kind as keyof typeof shapes] : shapes.process;
}
