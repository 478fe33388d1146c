import { emptyPlacement, type Placement } from "./graph/layout/geometry";
import { extendPlacement, freshPlacement, wantsTidying } from "./graph/layout/layout";
import { layoutGraphOf, sameShape } from "./graph/scene/layout-graph";
import { Routing } from "./graph/scene/routing";
import type { Shown } from "./graph/shown";

/** Where everything stands on one map. */
export interface Arrangement {
  key: string;
  shown: Shown;
  placement: Placement;
  routing: Routing;
  untidy: boolean;
}

type Take = (arrangement: Arrangement) => void;

/** Filters that were looked at and left; coming back to one of the last shows it as it was. */
const mostKept = 12;

/** The places on each map the reader has looked at. A tick of counters never gets beyond the comparison of shapes. */
export class Arrangements {
  readonly #known = new Map<string, Arrangement>();

  /** Gives the arrangement of this map, after what is new in it has been placed. */
  want(key: string, shown: Shown, take: Take): void {
    const before = this.#known.get(key);
    if (before && sameShape(before.shown, shown)) {
      take(before);
      return;
    }
    this.#place(key, shown, before?.placement ?? emptyPlacement, take);
  }

  /** All of it anew. */
  tidy(key: string, shown: Shown, take: Take): void {
    this.#place(key, shown, emptyPlacement, take);
  }

  #place(key: string, shown: Shown, before: Placement, take: Take): void {
    const graph = layoutGraphOf(shown);
    const placement = before.nodes.size === 0 ? freshPlacement(graph) : extendPlacement(before, graph);
    const routing = new Routing(graph, placement);
    const arrangement = { key, shown, placement, routing, untidy: wantsTidying(placement) };
    this.#known.delete(key);
    this.#known.set(key, arrangement);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest);
    take(arrangement);
  }
}
