import type { Picture } from "../graph/picture";

/** What the reader points at or has chosen, with everything one step around it. */
export interface Neighbourhood {
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
  /** The node it is about; null for an edge. */
  centre: string | null;
}

export interface Pointed {
  kind: "node" | "edge";
  id: string;
}

/** Null when it is not on the map. */
export function neighbourhoodOf(picture: Picture, pointed: Pointed): Neighbourhood | null {
  if (pointed.kind === "edge") {
    const edge = picture.edges.get(pointed.id)?.edge;
    return edge ? { nodes: new Set([edge.source, edge.target]), edges: new Set([edge.id]), centre: null } : null;
  }
  const node = picture.nodes.get(pointed.id);
  if (!node) return null;
  const around = [...node.callers, ...node.callees].filter((edge) => picture.edges.has(edge.edge.id));
  return {
    nodes: new Set([pointed.id, ...around.flatMap((edge) => [edge.edge.source, edge.edge.target])]),
    edges: new Set(around.map((edge) => edge.edge.id)),
    centre: pointed.id,
  };
}
