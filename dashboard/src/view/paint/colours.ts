import type { Health } from "../../graph/health";

const tokens = [
  "page",
  "band",
  "card",
  "raised",
  "text",
  "secondary",
  "border",
  "faint",
  "edge",
  "selection",
  "failing",
  "degraded",
  "active",
  "idle",
] as const;

type Token = (typeof tokens)[number];

export interface Colours extends Record<Token, string> {
  health: Record<Health, string>;
  /** A colour as it looks where the page shows through: opaque, since that is drawn much faster. */
  faded(colour: string, strength: number): string;
}

/** The page's colours as they are now: of the theme, or the system's where the reader forces those. */
export function readColours(element: HTMLElement): Colours {
  const probe = element.ownerDocument.createElement("i");
  probe.style.cssText = "display:none;forced-color-adjust:none";
  element.append(probe);
  const own = {} as Record<Token, string>;
  for (const token of tokens) {
    probe.style.color = `var(--${token})`;
    own[token] = hex(getComputedStyle(probe).color);
  }
  probe.remove();
  const mixed = new Map<string, string>();
  return {
    ...own,
    health: { failing: own.failing, degraded: own.degraded, active: own.active, idle: own.idle, gone: own.idle },
    faded(colour, strength) {
      const key = `${colour}${Math.round(strength * 100)}`;
      const before = mixed.get(key);
      if (before) return before;
      const after = mix(colour, own.page, strength);
      mixed.set(key, after);
      return after;
    },
  };
}

/** "rgb(1, 2, 3)" as "#010203". */
function hex(colour: string): string {
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** So much of the first over the second. */
export function mix(over: string, under: string, strength: number): string {
  const part = (text: string, at: number) => Number.parseInt(text.slice(at, at + 2), 16);
  const parts = [1, 3, 5].map((at) => Math.round(part(over, at) * strength + part(under, at) * (1 - strength)));
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
