/** Width of a text in px, as it will be drawn. */
export type Measure = (text: string) => number;

const mark = "…";

/** One or two lines: broken after a separator where that helps, each cut in its middle only if it must. */
export function wrapName(text: string, maxWidth: number, measure: Measure): string[] {
  if (measure(text) <= maxWidth) return [text];
  const breaks = [...text.matchAll(/[-._/:@ ]/g)]
    .map((match) => (match.index ?? 0) + 1)
    .filter((at) => at < text.length);
  const fitting = breaks.filter((at) => measure(text.slice(0, at)) <= maxWidth);
  const at = fitting.at(-1) ?? breaks[0] ?? Math.ceil(text.length / 2);
  return [text.slice(0, at), text.slice(at)].map((line) => middleEllipsis(line, maxWidth, measure));
}

/**
 * Cuts in the middle, because names of services differ at their ends ("payments-api-eu-1", "payments-api-us-1"). Whole
 * characters only: an emoji or accent is never split.
 */
export function middleEllipsis(text: string, maxWidth: number, measure: Measure): string {
  if (measure(text) <= maxWidth) return text;
  const characters = Array.from(new Intl.Segmenter().segment(text), (part) => part.segment);
  const cut = (kept: number) => {
    const head = Math.ceil(kept / 2);
    return characters.slice(0, head).join("") + mark + characters.slice(characters.length - (kept - head)).join("");
  };
  let low = 0;
  let high = characters.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(cut(middle)) <= maxWidth) low = middle;
    else high = middle - 1;
  }
  return cut(low);
}
