import { batch, computed, effect, signal } from "@preact/signals";
import { freshness, initialLink, type Link } from "./api/link";
import { GraphStream } from "./api/stream";
import { defaultGroupBy, type GroupBy } from "./graph/groups";
import { fromSnapshot, type GraphModel, withChanges, withTime } from "./graph/model";
import { filtered, type Picture, wholePictureOf } from "./graph/picture";
import { RateBook } from "./graph/rates";
import { type Scene, sceneOf } from "./graph/scene/scene";
import { type Shown, shownOf } from "./graph/shown";
import { type Arrangement, Arrangements } from "./placing";
import { address } from "./ui/address";
import { currentFilter } from "./ui/current-filter";

// What the page knows: the graph, where things stand on the map, and the connection. Everything shown is computed from these
// and from the address. The stream is the only writer of the graph.

export const model = signal<GraphModel | null>(null);
export const link = signal<Link>(initialLink);
/** This machine's clock, ticking once a second. */
export const clockMs = signal(Date.now());

export const fresh = computed(() => freshness(link.value, clockMs.value));

const book = new RateBook();
let operatorStart = "";

/** The whole graph with rates and health, whatever the filter says. */
export const wholePicture = computed<Picture | null>(() => (model.value ? wholePictureOf(model.value, book) : null));

/** What the filter shows of it. */
export const picture = computed<Picture | null>(() =>
  wholePicture.value ? filtered(wholePicture.value, currentFilter.value) : null,
);

/** As suits the first graph; kept, so that the map does not jump when a service more makes another suit better. */
const suitable = signal<GroupBy>("tier");
export const groupBy = computed<GroupBy>(() => address.value.group ?? suitable.value);

// Each by itself, so that moving the map, which the address keeps too, computes nothing anew.
const opened = computed(() => address.value.opened);
const closed = computed(() => address.value.closed);
const expand = computed(() => address.value.expand);
const filterText = computed(() => address.value.filter);

const shownIn = (of: Picture): Shown =>
  shownOf(of, groupBy.value, new Set(opened.value), new Set(closed.value), expand.value);

const wholeShown = computed<Shown | null>(() => (wholePicture.value ? shownIn(wholePicture.value) : null));

/** What is on the map now, after the filter. */
export const shown = computed<Shown | null>(() => {
  if (picture.value === wholePicture.value) return wholeShown.value;
  return picture.value ? shownIn(picture.value) : null;
});

/**
 * While every service has its place, a filter hides in place and moves nothing. When there are too many for that, what a filter
 * shows is placed by itself.
 */
const toPlace = computed<{ key: string; shown: Shown } | null>(() => {
  if (!wholeShown.value || !shown.value) return null;
  const folded = wholeShown.value.collapsedByItself;
  const filter = folded ? filterText.value : "";
  return { key: `${groupBy.value} ${folded} ${filter}`, shown: folded ? shown.value : wholeShown.value };
});

const arrangements = new Arrangements();
const arrangement = signal<Arrangement | null>(null);
/** Counts whole layouts asked for by the reader: the map animates on these only. */
export const tidied = signal(0);
/** True when enough came one by one for a whole layout to be worth the movement. */
export const untidy = computed(() => arrangement.value?.untidy ?? false);

effect(() => {
  const wanted = toPlace.value;
  if (wanted) arrangements.want(wanted.key, wanted.shown, (placed) => (arrangement.value = placed));
});

/** The whole layout anew. */
export function tidy(): void {
  const wanted = toPlace.peek();
  if (!wanted) return;
  arrangements.tidy(wanted.key, wanted.shown, (placed) =>
    batch(() => {
      tidied.value++;
      arrangement.value = placed;
    }),
  );
}

/** All that could be drawn. The last one stays while another is being placed. */
export const scene = computed<Scene | null>((): Scene | null => {
  const wanted = toPlace.value;
  const placed = arrangement.value;
  if (!wanted || !placed || !shown.value || placed.key !== wanted.key) return lastScene;
  lastScene = sceneOf(placed.key, shown.value, wanted.shown, placed.routing);
  return lastScene;
});
let lastScene: Scene | null = null;

const stream = new GraphStream({
  snapshot(snapshot) {
    // Counters of another operator start cannot be compared with those before.
    if (operatorStart !== snapshot.stats?.startedAt) for (const id of latest?.edges.keys() ?? []) book.forget(id);
    operatorStart = snapshot.stats?.startedAt ?? "";
    take(fromSnapshot(snapshot));
  },
  changes(changes) {
    const after = latest ? withChanges(latest, changes) : null;
    if (after) take(after);
    return after !== null;
  },
  heartbeat(heartbeat) {
    if (!latest) return;
    latest = withTime(latest, heartbeat.time);
    publishSoon();
  },
  link(next) {
    link.value = next;
    clockMs.value = Date.now();
  },
});

/** As last told; shown at most once a second, however fast the operator tells. */
let latest: GraphModel | null = null;
/** A little less than a second, so that an even stream of one a second is not slowed down. */
const leastPauseMs = 950;
let publishedMs = -leastPauseMs;
let publishing: ReturnType<typeof setTimeout> | undefined;

function take(next: GraphModel): void {
  latest = next;
  book.observe(next.timeMs, next.edges);
  publishSoon();
}

function publishSoon(): void {
  if (document.hidden || publishing !== undefined) return;
  const wait = publishedMs + leastPauseMs - performance.now();
  if (wait <= 0) publish();
  else publishing = setTimeout(publish, wait);
}

function publish(): void {
  clearTimeout(publishing);
  publishing = undefined;
  if (!latest || latest === model.peek()) return;
  publishedMs = performance.now();
  const first = (model.peek()?.nodes.size ?? 0) === 0;
  batch(() => {
    if (first && latest) suitable.value = defaultGroupBy(latest.nodes.values());
    model.value = latest;
  });
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
  let clock: ReturnType<typeof setInterval> | undefined;
  const rest = () => {
    stream.close();
    open = false;
  };
  const wake = () => {
    clearInterval(clock);
    clockMs.value = Date.now();
    clock = setInterval(() => {
      clockMs.value = Date.now();
    }, 1000);
    publishSoon();
  };
  const resume = () => {
    clearTimeout(timer);
    if (!open) stream.open();
    open = true;
    wake();
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return resume();
    clearInterval(clock);
    clearTimeout(publishing);
    publishing = undefined;
    timer = setTimeout(rest, hiddenForMs);
  });
  // A page kept for the Back button would keep its connection too.
  addEventListener("pagehide", rest);
  addEventListener("pageshow", resume);
  wake();
}
