import {
  type Box,
  extentOf,
  type LayoutEdge,
  type LayoutGraph,
  type LayoutNode,
  type Placement,
  type Point,
  union,
} from "../layout/geometry";
import { type Route, routeEdges, routeRibbons } from "../routes/routes";

type Routes = ReadonlyMap<string, Route>;

/** A pointed service asks for its lines again and again; more than this many answers are not kept. */
const mostKept = 400;

/** How lines run while nothing is placed anew. Each is worked out when it is first drawn: of a large map most never are. */
export class Routing {
  readonly #known = new Map<string, Routes>();
  readonly #members = new Map<string, LayoutNode[]>();
  #extent: Box | null | undefined;

  constructor(
    readonly graph: LayoutGraph,
    readonly placement: Placement,
  ) {
    for (const node of graph.nodes) {
      const members = this.#members.get(node.group);
      if (members) members.push(node);
      else this.#members.set(node.group, [node]);
    }
  }

  /** Lines anywhere on the map, with room for each. */
  lines(edges: readonly LayoutEdge[]): Routes {
    return this.#once("lines", edges, () => routeEdges(edges, this.graph, this.placement));
  }

  /** Lines between members of one group: only its own cards can be in their way. */
  linesInside(group: string, edges: readonly LayoutEdge[]): Routes {
    return this.#once(`inside ${group}`, edges, () => {
      const groups = this.graph.groups.filter((one) => one.id === group);
      const members = this.#members.get(group) ?? [];
      const nodes = new Map(members.flatMap(({ id }) => placed(id, this.placement)));
      return routeEdges(edges, { groups, nodes: members, edges }, { ...this.placement, nodes });
    });
  }

  ribbons(ribbons: readonly LayoutEdge[]): Routes {
    return this.#once("ribbons", ribbons, () => routeRibbons(ribbons, this.graph, this.placement));
  }

  /** Round everything that is placed and those routes; asked for once. */
  extent(outermost: () => Iterable<Route>): Box | null {
    if (this.#extent === undefined) {
      const placed = extentOf(this.placement);
      this.#extent = union([...(placed ? [placed] : []), ...[...outermost()].map((route) => route.bounds)]);
    }
    return this.#extent;
  }

  #once(kind: string, edges: readonly LayoutEdge[], route: () => Routes): Routes {
    const key = `${kind}\n${edges.map((edge) => edge.id).join("\n")}`;
    const before = this.#known.get(key);
    if (before) return before;
    if (this.#known.size >= mostKept) this.#known.clear();
    const routes = route();
    this.#known.set(key, routes);
    return routes;
  }
}

function placed(id: string, { nodes }: Placement): [string, Point][] {
  const at = nodes.get(id);
  return at ? [[id, at]] : [];
}
