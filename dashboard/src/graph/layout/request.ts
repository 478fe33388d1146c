import type { LayoutGraph, Placement } from "./geometry";
import { extendPlacement, freshPlacement } from "./layout";

/** What is to be laid out, and what it is to be like. */
export interface LayoutRequest {
  graph: LayoutGraph;
  /** What is to be extended; null for a whole layout. */
  before: Placement | null;
}

export interface LayoutAnswer {
  placement: Placement;
  /** Time it took, without the way to the worker and back. */
  milliseconds: number;
}

export function answer({ graph, before }: LayoutRequest): LayoutAnswer {
  const start = performance.now();
  const placement = before ? extendPlacement(before, graph) : freshPlacement(graph);
  return { placement, milliseconds: performance.now() - start };
}
