import { middleEllipsis } from "../../graph/ellipsis";

export const family = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
export const plain = 400;
export const bold = 600;
type Weight = typeof plain | typeof bold;

export function font(size: number, weight: Weight): string {
  return `${weight} ${Math.round(size * 10) / 10}px ${family}`;
}

// A text's width grows with its size, so it is measured once, large enough for the rounding not to matter.
const measuredAt = 32;
const context = typeof document === "undefined" ? null : document.createElement("canvas").getContext("2d");
const widths: Record<Weight, Map<string, number>> = { [plain]: new Map(), [bold]: new Map() };
const cuts = new Map<string, string>();
/** Names come from outside: what is kept must not grow for ever. */
const mostKept = 20_000;

export function widthOf(text: string, size: number, weight: Weight): number {
  const known = widths[weight];
  let width = known.get(text);
  if (width === undefined) {
    if (context) context.font = font(measuredAt, weight);
    width = context ? context.measureText(text).width / measuredAt : text.length * 0.6;
    if (known.size >= mostKept) known.clear();
    known.set(text, width);
  }
  return width * size;
}

/** The text as it fits, cut in its middle. */
export function fitted(text: string, size: number, weight: Weight, room: number): string {
  if (widthOf(text, size, weight) <= room) return text;
  // By steps, so that zooming does not cut every name anew in every frame.
  const ems = Math.floor((room / size) * 4) / 4;
  const key = `${weight} ${ems} ${text}`;
  const before = cuts.get(key);
  if (before !== undefined) return before;
  const cut = middleEllipsis(text, ems, (part) => widthWithout(part, weight));
  if (cuts.size >= mostKept) cuts.clear();
  cuts.set(key, cut);
  return cut;
}

/** As much of the text's beginning as fits. */
export function beginning(text: string, size: number, weight: Weight, room: number): string {
  if (widthOf(text, size, weight) <= room) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && widthOf(`${characters.join("")}…`, size, weight) > room) characters.pop();
  return `${characters.join("")}…`;
}

/** In ems, not kept: the pieces tried while cutting are never asked for again. */
function widthWithout(text: string, weight: Weight): number {
  if (!context) return text.length * 0.6;
  context.font = font(measuredAt, weight);
  return context.measureText(text).width / measuredAt;
}

/** On one line where it fits, else on two, broken after a separator; null when it has to be cut. */
export function inTwoLines(text: string, size: number, room: number): string[] | null {
  if (widthOf(text, size, bold) <= room) return [text];
  const breaks = [...text.matchAll(/[-._/:@ ]/g)].map((match) => match.index + 1).filter((at) => at < text.length);
  const at = breaks.filter((end) => widthOf(text.slice(0, end), size, bold) <= room).at(-1);
  if (at === undefined || widthOf(text.slice(at), size, bold) > room) return null;
  return [text.slice(0, at), text.slice(at)];
}
