/** "tendril-2026-01-02-100000-failing.svg": what, when, and of which filter. */
export function fileName(at: Date, filter: string, ending: string): string {
  const time = at.toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  const words = filter
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
  return `tendril-${time}${words ? `-${words}` : ""}.${ending}`;
}
