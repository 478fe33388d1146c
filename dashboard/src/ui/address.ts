import { signal } from "@preact/signals";
import { type Address, readHash, type Selection, writeHash } from "./hash";

export const address = signal<Address>(readHash(location.hash));

addEventListener("popstate", () => {
  address.value = readHash(location.hash);
});

/** A step the Back button undoes, except typing, which would fill the history with letters. */
export function go(change: Partial<Address>): void {
  const next = { ...address.peek(), ...change };
  const hash = writeHash(next);
  if (hash === writeHash(address.peek())) return;
  const url = hash ? `#${hash}` : location.pathname + location.search;
  if ("filter" in change || "sort" in change) history.replaceState(null, "", url);
  else history.pushState(null, "", url);
  address.value = next;
}

export function select(selected: Selection | null): void {
  go({ selected });
}
