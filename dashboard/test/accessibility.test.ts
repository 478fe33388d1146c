import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { generateGraph } from "../dev/generate-graph.mjs";
import { describeInBrowser } from "./fixture-page";
import { cards, order, panel, until } from "./map-page";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const edge = encodeURIComponent("process:payment-service>process:api.payments.example/tcp/443");

const screens: [string, string][] = [
  ["map", ""],
  ["services", "#view=services"],
  ["service", `#node=${order}`],
  ["service on its own page", `#node=${order}&wide`],
  ["edge", `#edge=${edge}`],
  ["changes", "#view=changes"],
  ["agents", "#view=agents"],
  ["help", "#help"],
];
const looks = [
  { width: 1440, height: 900, dark: false },
  { width: 1440, height: 900, dark: true },
  { width: 390, height: 844, dark: false },
  { width: 390, height: 844, dark: true },
];

describeInBrowser("accessibility", ({ open, openMore }) => {
  // One page for all screens of a look: starting one costs more than looking at it.
  it.each(looks)("has no serious finding at $width px, dark $dark", async (look) => {
    const { page, server } = await open("", { before: withAxe }, look);
    await cards(page, 13);
    const found: string[] = [];
    for (const [name, hash] of screens) {
      await page.goto("about:blank");
      await page.goto(server.url + (name === "help" ? "" : hash));
      await page
        .locator(name === "map" || name === "help" ? "[data-node]" : "main, .panel")
        .first()
        .waitFor();
      if (name === "help") await page.keyboard.press("?");
      if (name === "edge" || name === "service") await panel(page).waitFor();
      found.push(...(await findings(page)).map((finding) => `${name}: ${finding}`));
    }
    expect(found).toEqual([]);
  });

  it("has none with a fleet of groups", async () => {
    const { page } = await open("", { before: withAxe, fleet: generateGraph(2000) });
    await page.locator("[data-node]").first().waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it("fits a phone: nothing scrolls sideways, targets are large enough, the panel covers the map", async () => {
    const { page, server } = await open("", {}, { width: 390, height: 844, touch: true });
    await cards(page, 13);
    for (const [name, hash] of screens) {
      const one = await openMore(server.url + hash, { width: 390, height: 844, touch: true });
      await one.locator("main").first().waitFor();
      if (hash.includes("node=") || hash.includes("edge=")) await panel(one).waitFor();
      expect(await one.evaluate(() => document.documentElement.scrollWidth), name).toBe(390);
      expect(await tooSmall(one), name).toEqual([]);
      await one.close();
    }
  });

  it("of a selected service on a phone is its panel", async () => {
    const { page } = await open(`#node=${order}`, {}, { width: 390, height: 844 });
    await panel(page).waitFor();
    // It is another element once its script is there.
    await until(async () => expect((await panel(page).boundingBox())?.width).toBeGreaterThanOrEqual(380));
    await page.keyboard.press("Escape");
    await panel(page).waitFor({ state: "detached" });
  });

  it("keeps state visible without colour: forced colours and more contrast show the same words", async () => {
    const { page } = await open("#filter=failing");
    await page.emulateMedia({ forcedColors: "active" });
    await cards(page, 2);
    await until(async () => expect(await page.locator("body").textContent()).toMatch(/failing/i));
  });
});

/** Put in by the browser, as the page's own policy would refuse it. */
async function withAxe(page: Page): Promise<void> {
  await page.addInitScript({ path: axe });
}

async function findings(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: typeof import("axe-core") };
    const { violations } = await axe.run(document, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target.join(" ")}: ${node.failureSummary}`));
  });
}

/** Buttons and links in no sentence, under 24 px either way (WCAG 2.2, 2.5.8), that are seen. */
async function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("button, a[href], input, select")]
      .filter((one) => !one.dataset.node && !one.closest("p, li, td, th, dd, label") && one.checkVisibility())
      .filter((one) => {
        const { width, height } = one.getBoundingClientRect();
        return width > 1 && height > 1 && (width < 24 || height < 24);
      })
      .map((one) => `${one.className || one.tagName} ${one.textContent?.trim() || one.getAttribute("aria-label")}`),
  );
}
