import { layOut } from "./graph/layout/client";
import type { Placement } from "./graph/layout/geometry";
import { wantsTidying } from "./graph/layout/layout";
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
  /** What the layout works on now. */
  #asked: { key: string; shown: Shown } | null = null;

  /** Gives the arrangement of this map, after what is new in it has been placed. */
  want(key: string, shown: Shown, take: Take): void {
    const before = this.#known.get(key);
    if (before && sameShape(before.shown, shown)) {
      this.#asked = null;
      take(before);
    } else if (this.#asked?.key !== key || !sameShape(this.#asked.shown, shown)) {
      this.#place(key, shown, before?.placement ?? null, take);
    }
  }

  /** All of it anew. */
  tidy(key: string, shown: Shown, take: Take): void {
    this.#place(key, shown, null, take);
  }

  async #place(key: string, shown: Shown, before: Placement | null, take: Take): Promise<void> {
    const asked = { key, shown };
    this.#asked = asked;
    const graph = layoutGraphOf(shown);
    const placement = await layOut({ graph, before });
    if (!placement || this.#asked !== asked) return;
    this.#asked = null;
    const routing = new Routing(graph, placement);
    const arrangement = { key, shown, placement, routing, untidy: wantsTidying(placement) };
    this.#known.delete(key);
    this.#known.set(key, arrangement);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > mostKept && oldest !== undefined) this.#known.delete(oldest);
    take(arrangement);
  }
}
