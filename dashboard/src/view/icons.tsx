import type { GraphNode } from "../api/types";
import { kindShape } from "./shapes";

export function KindIcon({ node }: { node: GraphNode }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={kindShape(node)} />
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
