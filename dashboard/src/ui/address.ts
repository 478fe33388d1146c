import { signal } from "@preact/signals";
import { type Address, readHash, type Selection, writeHash } from "./hash";

export const address = signal<Address>(readHash(location.hash));

addEventListener("popstate", () => {
  address.value = readHash(location.hash);
});

/** These are changed in many small steps, which would fill the history with letters and pixels. */
const unremembered: readonly (keyof Address)[] = ["filter", "sort", "at"];

/** A step the Back button undoes, but for typing, sorting and moving the map. */
export function go(change: Partial<Address>): void {
  write(change, false);
}

/** A step the Back button undoes, whatever it changes: of a button that sets a filter. */
export function step(change: Partial<Address>): void {
  write(change, true);
}

function write(change: Partial<Address>, remember: boolean): void {
  const before = address.peek();
  const next = { ...before, ...change };
  if (!next.selected) next.wide = false;
  const hash = writeHash(next);
  if (hash === writeHash(before)) return;
  const url = hash ? `#${hash}` : location.pathname + location.search;
  const changed = (Object.keys(change) as (keyof Address)[]).filter((key) => change[key] !== before[key]);
  if (!remember && changed.every((key) => unremembered.includes(key))) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  address.value = next;
}

export function select(selected: Selection | null): void {
  go({ selected });
}
