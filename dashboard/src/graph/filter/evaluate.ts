import { edgesAmong, reach } from "../paths";
import { asksEdges, conjuncts, type Expression, type Filter } from "./ast";
import { edgeTest, nodeTest, Sets, type Whole } from "./conditions";

/** What a filter shows of a graph. */
export interface Selected {
  /** Nodes that were asked for. */
  matching: ReadonlySet<string>;
  /** Those and their surroundings. */
  nodes: ReadonlySet<string>;
  edges: ReadonlySet<string>;
  /** Names in path:, breaks: or needs: that no service has. */
  notFound: readonly string[];
}

export function evaluate(filter: Filter, whole: Whole): Selected {
  const { expression } = filter;
  if (!expression) {
    const nodes = new Set(whole.nodes.keys());
    return { matching: nodes, nodes, edges: new Set(whole.edges.keys()), notFound: [] };
  }
  const sets = new Sets(whole);
  const asked = asksEdges(expression) ? matchingEdges(expression, whole, sets) : matchingNodes(expression, whole, sets);
  const hops = filter.depth ?? asked.usualDepth;
  const shown = withSurroundings(asked.nodes, asked.edges, hops, whole, excludedBy(expression, sets));
  return { matching: asked.nodes, ...shown, notFound: sets.notFound };
}

interface Asked {
  nodes: Set<string>;
  edges: Set<string>;
  usualDepth: number;
}

function matchingEdges(expression: Expression, whole: Whole, sets: Sets): Asked {
  const holds = edgeTest(expression, sets);
  const asked: Asked = { nodes: new Set(), edges: new Set(), usualDepth: 0 };
  for (const edge of whole.edges.values()) {
    if (!holds(edge)) continue;
    asked.edges.add(edge.edge.id);
    asked.nodes.add(edge.edge.source).add(edge.edge.target);
  }
  return asked;
}

function matchingNodes(expression: Expression, whole: Whole, sets: Sets): Asked {
  const holds = nodeTest(expression, sets);
  const nodes = new Set<string>();
  for (const node of whole.nodes.values()) if (holds(node)) nodes.add(node.node.id);
  const among = edgesAmong(nodes, whole.edges.values());
  const own = ownEdges(expression, sets);
  if (own) for (const id of among) if (!own.has(id)) among.delete(id);
  return { nodes, edges: among, usualDepth: own ? 0 : 1 };
}

/** The edges of the sets that are asked for, not of those that are left out; null where none is. */
function ownEdges(expression: Expression, sets: Sets): Set<string> | null {
  if (expression.kind === "not") return null;
  if (expression.kind === "term") {
    const { term } = expression;
    return term.kind === "path" || term.kind === "breaks" || term.kind === "needs" ? sets.part(term).edges : null;
  }
  const parts = expression.parts.map((part) => ownEdges(part, sets)).filter((part) => part !== null);
  return parts.length === 0 ? null : new Set(parts.flatMap((part) => [...part]));
}

/** So many hops up and so many down, walked apart: who shares a database with a service is not near it. */
function withSurroundings(
  matching: ReadonlySet<string>,
  edges: ReadonlySet<string>,
  hops: number,
  whole: Whole,
  excluded: (id: string) => boolean,
): Pick<Selected, "nodes" | "edges"> {
  if (hops === 0) return { nodes: matching, edges };
  const open = (id: string) => matching.has(id) || !excluded(id);
  const up = reach(whole.nodes, matching, "callers", hops, open);
  const down = reach(whole.nodes, matching, "callees", hops, open);
  const shown = new Set(edges);
  for (const id of up.edges) shown.add(id);
  for (const id of down.edges) shown.add(id);
  return { nodes: new Set([...up.nodes, ...down.nodes]), edges: shown };
}

/** What a negated part at the top level names is not even shown as surroundings. */
function excludedBy(expression: Expression, sets: Sets): (id: string) => boolean {
  const tests = conjuncts(expression)
    .flatMap((part) => (part.kind === "not" && !asksEdges(part) ? [part.part] : []))
    .map((part) => nodeTest(part, sets));
  if (tests.length === 0) return () => false;
  return (id) => {
    const node = sets.whole.nodes.get(id);
    return node !== undefined && tests.some((holds) => holds(node));
  };
}
