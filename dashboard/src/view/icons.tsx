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

type Shape = keyof typeof shapes;

/** The shape says what it is; its state has its own glyph. */
function shapeOf(node: GraphNode): Shape {
  if (node.kind === "other") return "other";
  if (node.tier === "external") return "external";
  if (node.tier === "data") return "data";
  if (node.kind in shapes) return node.kind === "process" && node.tier === "edge" ? "entry" : (node.kind as Shape);
  return "process";
}

export function KindShape({ node }: { node: GraphNode }) {
  return <path class="kind-icon" d={shapes[shapeOf(node)]} />;
}

export function KindIcon({ node }: { node: GraphNode }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <KindShape node={node} />
    </svg>
  );
}

const signs = {
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  fit: "M2.5 6V2.500H6M10 2.500h3.500V6M13.5 10v3.500H10M6 13.500H2.500V10",
  tidy: "M2.5 4h4v3h-4zM9.5 2.500h4v3h-4zM9.5 10.500h4v3h-4zM6.5 5.500h1.500V12h1.500M8 4h1.5",
  close: "M4 4l8 8M12 4l-8 8",
  help: "M5.6 5.800c0-1.5 1.1-2.4 2.4-2.400s2.4.9 2.4 2.200C10.4 7.5 8 7.6 8 9.500M8 12.300v.4",
  search: "M7 2.500a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.4 10.4 14 14",
  sun: "M8 5.200a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.600zM8 1v1.500M8 13.500V15M1 8h1.500M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  moon: "M13.5 9.500A6 6 0 0 1 6.5 2.500a6 6 0 1 0 7 7z",
  auto: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 2v12M8 5h3.500M8 8h5.500M8 11h3.5",
} as const;

export function Sign({ name }: { name: keyof typeof signs }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={signs[name]} />
    </svg>
  );
}
