// How fresh the picture is. Pure: the clock is an argument, so that tests need not wait.

/** Heartbeats come every 5 s; after two missed ones and some slack the picture is old. */
export const staleAfterMs = 12_000;
/** A connection this silent is dead although nothing closed it (a laptop that slept, a vanished router): connect anew. */
export const deadAfterMs = 30_000;

export interface Link {
  /** A connection is open. */
  connected: boolean;
  /** Of the last message of any kind; null before the first. Local clock, ms. */
  lastMessageAt: number | null;
  /** When the next try is due, while not connected. Local clock, ms. */
  retryAt: number | null;
  /** Tries in a row that failed. */
  failures: number;
  /** Why the last try or connection ended. */
  error: string | null;
}

export type Freshness = "loading" | "live" | "stale" | "lost";

export const initialLink: Link = { connected: false, lastMessageAt: null, retryAt: null, failures: 0, error: null };

export function freshness(link: Link, now: number): Freshness {
  if (link.lastMessageAt === null) return link.failures > 0 ? "lost" : "loading";
  if (!link.connected) return "lost";
  return now - link.lastMessageAt >= staleAfterMs ? "stale" : "live";
}

/** 0.5 s doubling to 15 s, less up to a third at random so that many open pages do not return in step. */
export function backOffMs(failures: number, random: number): number {
  const ceiling = Math.min(15_000, 500 * 2 ** Math.min(failures - 1, 10));
  return Math.round(ceiling * (1 - random / 3));
}
