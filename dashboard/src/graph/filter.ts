/** What the filter box says: every word must hold. */
export interface Filter {
  words: string[];
  failingOnly: boolean;
}

export function parseFilter(text: string): Filter {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return { words: words.filter((word) => word !== "failing"), failingOnly: words.includes("failing") };
}

export function isEmpty(filter: Filter): boolean {
  return filter.words.length === 0 && !filter.failingOnly;
}

/** True for a name that contains every word. */
export function nameMatches(filter: Filter, name: string): boolean {
  const lower = name.toLowerCase();
  return filter.words.every((word) => lower.includes(word));
}
