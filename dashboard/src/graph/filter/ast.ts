// What a filter is, once read.

export type NodeTextKey = "name" | "host" | "ns" | "kind" | "tier" | "state";
export type TextKey = NodeTextKey | "proto";
export type NumberKey = "port" | "rate" | "rtt" | "bytes" | "active" | "failed" | "opened";
export type Comparison = "=" | ">" | ">=" | "<" | "<=";

export type Term =
  /** Of a node, but for "proto". A glob is on the whole text. */
  | { kind: "text"; key: TextKey; mode: "contains" | "glob" | "exact"; value: string }
  /** Of an edge. Opened a second, µs, bytes a second, or a count. */
  | { kind: "number"; key: NumberKey; comparison: Comparison; value: number }
  | { kind: "failing"; value: boolean }
  /** All shortest ways from one service to another, along the arrows. */
  | { kind: "path"; from: string; to: string }
  /** A service and all that depend on it; or all that it needs. */
  | { kind: "breaks" | "needs"; of: string };

export type Expression =
  | { kind: "and" | "or"; parts: readonly Expression[] }
  | { kind: "not"; part: Expression }
  | { kind: "term"; term: Term };

export interface Filter {
  /** Null lets everything through. */
  readonly expression: Expression | null;
  /** Hops of surroundings; null where the text does not say. */
  readonly depth: number | null;
}

export const everything: Filter = { expression: null, depth: null };

/** "a (b c)" is "a b c": so that a text has one tree. */
export function joined(kind: "and" | "or", parts: readonly Expression[]): Expression {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const [first] = flat;
  return flat.length === 1 && first ? first : { kind, parts: flat };
}

/** True when a condition on an edge is anywhere in it: then it is asked of edges. */
export function asksEdges(expression: Expression): boolean {
  if (expression.kind === "not") return asksEdges(expression.part);
  if (expression.kind !== "term") return expression.parts.some(asksEdges);
  const { term } = expression;
  return term.kind === "number" || term.kind === "failing" || (term.kind === "text" && term.key === "proto");
}

/** The parts that all must hold. */
export function conjuncts(expression: Expression): readonly Expression[] {
  return expression.kind === "and" ? expression.parts : [expression];
}
