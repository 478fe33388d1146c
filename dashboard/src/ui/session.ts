import { computed, effect, signal } from "@preact/signals";
import { diffOf, type Noticed, noticedAfter } from "../graph/diff";
import { type History, HistoryBook } from "../graph/history";
import type { Picture } from "../graph/picture";
import { model, wholePicture } from "../live";

// What the page remembers while it is open: how dependencies went on, and what changed since a mark.

const book = new HistoryBook();

export function historyOf(edgeId: string): History | null {
  return book.history(edgeId);
}

export interface Mark {
  picture: Picture;
  atMs: number;
  /** False for the first graph, which marks itself. */
  byReader: boolean;
}

export const mark = signal<Mark | null>(null);
/** The changes since the mark. */
export const noticed = signal<readonly Noticed[]>([]);
export const changeCount = computed(() => noticed.value.filter((one) => !one.over).length);

/** From now on changes are told against this moment. */
export function markNow(): void {
  const [picture, graph] = [wholePicture.peek(), model.peek()];
  if (picture && graph) begin(picture, graph.timeMs, true);
}

function begin(picture: Picture, atMs: number, byReader: boolean): void {
  mark.value = { picture, atMs, byReader };
  noticed.value = [];
}

function knowsRates({ edges }: Picture): boolean {
  for (const { rates } of edges.values()) if (rates) return true;
  return false;
}

/** Records come after what is shown, in a task of their own: together they would hold up a frame. */
const afterShownMs = 120;

export function startSession(): void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    if (!model.value || !wholePicture.value) return;
    clearTimeout(waiting);
    waiting = setTimeout(record, mark.peek() ? afterShownMs : 0);
  });
}

function record(): void {
  const [picture, graph] = [wholePicture.peek(), model.peek()];
  if (!picture || !graph) return;
  book.observe(graph.timeMs, graph.edges);
  const since = mark.peek();
  // An empty graph is no moment to compare with: everything would be new.
  if (!since || since.picture.total === 0) {
    begin(picture, graph.timeMs, false);
    return;
  }
  const before = noticed.peek();
  const changes = diffOf(since.picture, picture);
  // The first pictures know no rates, so not who is failing: the same moment is told better a second later.
  if (before.length + changes.length === 0 && !knowsRates(since.picture) && knowsRates(picture)) {
    mark.value = { ...since, picture };
  }
  if (before.length + changes.length > 0) noticed.value = noticedAfter(before, changes, graph.timeMs);
}
