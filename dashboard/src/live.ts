import { batch, computed, signal } from "@preact/signals";
import { freshness, initialLink, type Link } from "./api/link";
import { GraphStream } from "./api/stream";
import { extendPlacement } from "./graph/layout/extend";
import { emptyPlacement, type Placement } from "./graph/layout/geometry";
import { freshPlacement } from "./graph/layout/layout";
import { fromSnapshot, type GraphModel, withChanges, withTime } from "./graph/model";
import { filtered, type Picture, wholePictureOf } from "./graph/picture";
import { RateBook } from "./graph/rates";
import { routeEdges } from "./graph/routes/routes";
import { currentFilter } from "./ui/current-filter";

// What the page knows: the graph, where things stand on the map, and the connection. Everything shown is computed from these
// and from the address. The stream is the only writer of the graph.

export const model = signal<GraphModel | null>(null);
export const placement = signal<Placement>(emptyPlacement);
export const link = signal<Link>(initialLink);
/** This machine's clock, ticking once a second. */
export const clockMs = signal(Date.now());
/** Counts whole layouts asked for by the reader: the map animates on these only. */
export const tidied = signal(0);

export const fresh = computed(() => freshness(link.value, clockMs.value));

const book = new RateBook();
let operatorStart = "";

/** The whole graph with rates and health, whatever the filter says. */
export const wholePicture = computed<Picture | null>(() => (model.value ? wholePictureOf(model.value, book) : null));

/** What the filter shows of it. */
export const picture = computed<Picture | null>(() =>
  wholePicture.value ? filtered(wholePicture.value, currentFilter.value) : null,
);

/** Changes with the topology and the layout, never with a counter. */
const topology = computed(() => model.value?.topology ?? 0);
const lines = computed(() => {
  const edges = topology.value === 0 ? [] : [...(model.peek()?.edges.values() ?? [])];
  return edges.map(({ id, source, target }) => ({ id, source, target }));
});
export const routes = computed(() => routeEdges(lines.value, placement.value.positions));

const stream = new GraphStream({
  snapshot(snapshot) {
    // Counters of another operator start cannot be compared with those before.
    if (operatorStart !== snapshot.stats?.startedAt) for (const id of model.peek()?.edges.keys() ?? []) book.forget(id);
    operatorStart = snapshot.stats?.startedAt ?? "";
    take(fromSnapshot(snapshot));
  },
  changes(changes) {
    const before = model.peek();
    const after = before ? withChanges(before, changes) : null;
    if (after) take(after);
    return after !== null;
  },
  heartbeat(heartbeat) {
    const before = model.peek();
    if (before) model.value = withTime(before, heartbeat.time);
  },
  link(next) {
    link.value = next;
    clockMs.value = Date.now();
  },
});

function take(next: GraphModel): void {
  book.observe(next.timeMs, next.edges);
  batch(() => {
    if (next.topology !== model.peek()?.topology) {
      const before = placement.peek();
      const shape = shapeOf(next);
      placement.value = before.positions.size === 0 ? freshPlacement(shape) : extendPlacement(before, shape);
    }
    model.value = next;
  });
}

function shapeOf(graph: GraphModel) {
  return { nodes: [...graph.nodes.values()], edges: [...graph.edges.values()] };
}

/** The whole layout anew. */
export function tidy(): void {
  const graph = model.peek();
  if (!graph) return;
  placement.value = freshPlacement(shapeOf(graph));
  tidied.value++;
}

export function retryNow(): void {
  stream.retryNow();
}

/** A page nobody sees for this long gives its connection back: browsers allow six to one address. */
const hiddenForMs = 60_000;

export function startLive(): void {
  stream.open();
  let open = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const rest = () => {
    stream.close();
    open = false;
  };
  const resume = () => {
    clearTimeout(timer);
    if (!open) stream.open();
    open = true;
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) timer = setTimeout(rest, hiddenForMs);
    else resume();
  });
  // A page kept for the Back button would keep its connection too.
  addEventListener("pagehide", rest);
  addEventListener("pageshow", resume);
  setInterval(() => {
    clockMs.value = Date.now();
  }, 1000);
}
