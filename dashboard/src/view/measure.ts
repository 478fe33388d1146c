import { type Measure, middleEllipsis, wrapName } from "../graph/ellipsis";

const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const context = document.createElement("canvas").getContext("2d");
const known = new Map<string, string[]>();

/** The name as it fits into so many lines, in the card's font; measured once for each name and size. */
export function fitName(name: string, size: number, maxWidth: number, lines: 1 | 2 = 1): string[] {
  const key = `${lines}/${size}/${maxWidth}/${name}`;
  const before = known.get(key);
  if (before) return before;
  const measure: Measure = (text) => {
    if (!context) return text.length * size * 0.6;
    context.font = `600 ${size}px ${family}`;
    return context.measureText(text).width;
  };
  const fitted = lines === 1 ? [middleEllipsis(name, maxWidth, measure)] : wrapName(name, maxWidth, measure);
  // Names come from outside: the cache must not grow for ever.
  if (known.size > 5000) known.clear();
  known.set(key, fitted);
  return fitted;
}
