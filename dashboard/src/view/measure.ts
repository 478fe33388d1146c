import { middleEllipsis } from "../graph/ellipsis";

const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const context = document.createElement("canvas").getContext("2d");
const cut = new Map<string, string>();

/** The name as it fits, in the card's font; measured once for each name and size. */
export function fitName(name: string, size: number, maxWidth: number): string {
  const key = `${size}/${maxWidth}/${name}`;
  const known = cut.get(key);
  if (known !== undefined) return known;
  const fitted = middleEllipsis(name, maxWidth, (text) => {
    if (!context) return text.length * size * 0.6;
    context.font = `600 ${size}px ${family}`;
    return context.measureText(text).width;
  });
  // Names come from outside: the cache must not grow for ever.
  if (cut.size > 5000) cut.clear();
  cut.set(key, fitted);
  return fitted;
}
