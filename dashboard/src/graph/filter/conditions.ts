import { edgesAmong, type Part, reach, shortestPaths } from "../paths";
import type { EdgePicture, NodePicture } from "../picture";
import type { Expression, NodeTextKey, Term } from "./ast";
import { globTest } from "./glob";
import { nodesNamed } from "./named";

// An expression as functions that tell of a node or an edge whether it holds.

/** The whole graph, before any filter. */
export interface Whole {
  nodes: ReadonlyMap<string, NodePicture>;
  edges: ReadonlyMap<string, EdgePicture>;
}

export type NodeTest = (node: NodePicture) => boolean;
export type EdgeTest = (edge: EdgePicture) => boolean;

/** What path:, breaks: and needs: mean in this graph; each is walked once. */
export class Sets {
  readonly #parts = new Map<Term, Part>();
  /** References that no service has. */
  readonly notFound: string[] = [];

  constructor(readonly whole: Whole) {}

  part(term: Extract<Term, { kind: "path" | "breaks" | "needs" }>): Part {
    const known = this.#parts.get(term);
    if (known) return known;
    const part = this.#walk(term);
    this.#parts.set(term, part);
    return part;
  }

  #walk(term: Extract<Term, { kind: "path" | "breaks" | "needs" }>): Part {
    const { nodes, edges } = this.whole;
    if (term.kind === "path") return shortestPaths(nodes, this.#named(term.from), this.#named(term.to));
    const found = reach(nodes, this.#named(term.of), term.kind === "breaks" ? "callers" : "callees").nodes;
    return { nodes: found, edges: edgesAmong(found, edges.values()) };
  }

  #named(reference: string): string[] {
    const ids = nodesNamed(this.whole.nodes, reference);
    if (ids.length === 0 && !this.notFound.includes(reference)) this.notFound.push(reference);
    return ids;
  }
}

/** For expressions without conditions on edges. */
export function nodeTest(expression: Expression, sets: Sets): NodeTest {
  if (expression.kind === "not") return negated(nodeTest(expression.part, sets));
  if (expression.kind !== "term") {
    const parts = expression.parts.map((part) => nodeTest(part, sets));
    return expression.kind === "and"
      ? (node) => parts.every((part) => part(node))
      : (node) => parts.some((part) => part(node));
  }
  const { term } = expression;
  if (term.kind === "path" || term.kind === "breaks" || term.kind === "needs") {
    const { nodes } = sets.part(term);
    return ({ node }) => nodes.has(node.id);
  }
  return term.kind === "text" && term.key !== "proto" ? nodeTextTest(term, textTest(term)) : () => false;
}

/** A condition on nodes holds for an edge when either end has it. */
export function edgeTest(expression: Expression, sets: Sets): EdgeTest {
  if (expression.kind === "not") return negated(edgeTest(expression.part, sets));
  if (expression.kind !== "term") {
    const parts = expression.parts.map((part) => edgeTest(part, sets));
    return expression.kind === "and"
      ? (edge) => parts.every((part) => part(edge))
      : (edge) => parts.some((part) => part(edge));
  }
  const { term } = expression;
  if (term.kind === "failing") return ({ health }) => (health === "failing") === term.value;
  if (term.kind === "number") return numberTest(term);
  if (term.kind === "text") {
    const holds = textTest(term);
    if (term.key === "proto") return ({ edge }) => holds(edge.transport);
    const ofNode = nodeTextTest(term, holds);
    const { nodes } = sets.whole;
    const end = (id: string) => {
      const node = nodes.get(id);
      return node !== undefined && ofNode(node);
    };
    return ({ edge }) => end(edge.source) || end(edge.target);
  }
  const { edges } = sets.part(term);
  return ({ edge }) => edges.has(edge.id);
}

function negated<T>(test: (item: T) => boolean): (item: T) => boolean {
  return (item) => !test(item);
}

function textTest({ mode, value }: Extract<Term, { kind: "text" }>): (text: string) => boolean {
  if (mode === "glob") return globTest(value);
  const lower = value.toLowerCase();
  return mode === "exact" ? (text) => text.toLowerCase() === lower : (text) => text.toLowerCase().includes(lower);
}

function nodeTextTest({ key, mode }: Extract<Term, { kind: "text" }>, holds: (text: string) => boolean): NodeTest {
  const exact = mode === "exact";
  switch (key as NodeTextKey) {
    case "name":
      // Two services may have one name; an id in its place is exact and means one.
      return ({ node }) => holds(node.name) || (exact && holds(node.id));
    case "host":
      return ({ node }) => node.hosts.some(holds);
    case "ns":
      return ({ node }) => Boolean(node.namespace) && holds(node.namespace ?? "");
    case "kind":
      return ({ node }) => holds(node.kind);
    case "tier":
      return ({ node }) => holds(node.tier);
    case "state":
      return ({ health }) => holds(health);
  }
}

/** What is not known yet is neither more nor less than anything. */
function numberTest({ key, comparison, value }: Extract<Term, { kind: "number" }>): EdgeTest {
  const compare = comparisons[comparison];
  const read = numbers[key];
  return (edge) => {
    const number = read(edge);
    return number !== null && number !== undefined && compare(number, value);
  };
}

const comparisons = {
  "=": (a: number, b: number) => a === b,
  ">": (a: number, b: number) => a > b,
  ">=": (a: number, b: number) => a >= b,
  "<": (a: number, b: number) => a < b,
  "<=": (a: number, b: number) => a <= b,
};

const numbers = {
  port: ({ edge }: EdgePicture) => edge.port,
  rate: ({ rates }: EdgePicture) => rates?.openedPerSecond,
  rtt: ({ edge }: EdgePicture) => edge.rttMicros?.p99,
  bytes: ({ rates }: EdgePicture) => rates && rates.sentBytesPerSecond + rates.receivedBytesPerSecond,
  active: ({ edge }: EdgePicture) => edge.connectionsActive,
  failed: ({ edge }: EdgePicture) => edge.connectionsFailed,
  opened: ({ edge }: EdgePicture) => edge.connectionsOpened,
};
