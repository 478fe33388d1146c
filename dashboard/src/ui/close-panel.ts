import { address, select } from "./address";

/** The focus goes back to where the reader came from, else the page's start would have it. */
export function closePanel(): void {
  const { selected } = address.peek();
  select(null);
  const id = selected?.kind === "node" || selected?.kind === "group" ? selected.id : null;
  requestAnimationFrame(() => {
    const card = id && document.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
    const place = card || document.querySelector<HTMLElement>('[data-node][tabindex="0"]');
    place?.focus({ preventScroll: true });
  });
}
