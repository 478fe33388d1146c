import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

// WCAG 2.2: text needs 4.5 to 1 on what is behind it, marks 3 to 1.

const css = readFileSync(new URL("../src/style/tokens.css", import.meta.url), "utf8");
const blocks = [...css.matchAll(/\{([^{}]*--page[^{}]*)\}/g)].map((match) => tokens(match[1] ?? ""));
const [light = {}, dark = {}, systemDark = {}] = blocks;

describe.each([
  ["light", light],
  ["dark", dark],
])("colours of the %s theme", (_, theme) => {
  const texts = ["text", "secondary", "failing", "degraded", "active", "idle", "selection"];
  const grounds = ["page", "band", "card", "raised"];
  it.each(texts.flatMap((text) => grounds.map((ground) => [text, ground] as const)))(
    "%s can be read on %s",
    (text, ground) => {
      expect(ratio(theme[text], theme[ground])).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each([
    ["edge", "page"],
    ["edge", "band"],
    ["failing", "band"],
    ["selection", "band"],
  ])("%s can be seen on %s", (mark, ground) => expect(ratio(theme[mark], theme[ground])).toBeGreaterThanOrEqual(3));

  it("warnings can be read on their own ground", () => {
    expect(ratio(theme.failing, theme["failing-soft"])).toBeGreaterThanOrEqual(4.5);
    expect(ratio(theme.text, theme["degraded-soft"])).toBeGreaterThanOrEqual(4.5);
  });
});

it("the system's dark and the chosen dark are one", () => expect(systemDark).toEqual(dark));

function tokens(block: string): Record<string, string> {
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*([^;]+);/g)].map((match) => [match[1], match[2]]));
}

function ratio(a = "", b = ""): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
