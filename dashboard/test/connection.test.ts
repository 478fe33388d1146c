import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { generateGraph } from "../dev/generate-graph.mjs";
import { describeInBrowser } from "./fixture-page";
import { card, cards, frames, gateway, restingPlaces, until } from "./map-page";

describeInBrowser("the live connection", ({ open }) => {
  it("lost: keeps the last picture with its age, and goes on where it stopped", async () => {
    const { page, server } = await open();
    await cards(page, 13);
    await until(async () => expect(await page.locator(".live").textContent()).toBe("Live"));
    const before = await restingPlaces(page);
    server.faults.refuse = 503;
    server.drop();
    const banner = page.locator(".banner");
    await until(async () => expect(await banner.textContent()).toMatch(/lost.*\d+ s ago/is));
    await cards(page, 13);
    server.faults.refuse = 0;
    await until(async () => expect(await page.locator(".live").textContent()).toBe("Live"));
    await banner.waitFor({ state: "detached" });
    expect(server.sent.snapshot).toBe(1);
    expect(server.resumedFrom[0]).toBeNull();
    expect(server.resumedFrom.at(-1)).toBe("1-1");
    expect(await restingPlaces(page)).toEqual(before);
  });

  it("lost for some ticks: gets what it missed, not the whole graph", async () => {
    const { page, server } = await open();
    await cards(page, 13);
    server.drop();
    for (let i = 0; i < 3; i++) server.tick();
    await until(async () => expect(server.followers()).toBe(1));
    await until(async () => expect(await card(page, gateway).getAttribute("aria-label")).toContain("120 connections"));
    expect(server.sent.snapshot).toBe(1);
  });

  it("draws once for a tick, and at most once a second", async () => {
    const { page, server } = await open("", { fleet: generateGraph(100), before: countDrawing });
    await cards(page, 100);
    await restingPlaces(page);
    const before = await drawn(page);
    for (let i = 0; i < 20; i++) server.tick();
    await until(async () => expect(await drawn(page)).toBeGreaterThan(before));
    await frames(page, 30);
    expect((await drawn(page)) - before).toBeLessThanOrEqual(3);
  });

  it("of a hidden page draws nothing, and is given back after a while", async () => {
    const { page, server } = await open("", {
      before: async (page) => {
        await page.clock.install();
        await countDrawing(page);
      },
    });
    await cards(page, 13);
    await restingPlaces(page);
    server.tick();
    await hide(page, true);
    await frames(page, 5);
    const before = await drawn(page);
    for (let i = 0; i < 3; i++) server.tick();
    await page.clock.runFor(3000);
    await frames(page, 5);
    expect(await drawn(page)).toBe(before);
    expect(server.followers()).toBe(1);
    await page.clock.fastForward(61_000);
    await until(async () => expect(server.followers()).toBe(0));
    server.tick();

    await hide(page, false);
    await until(async () => expect(server.followers()).toBe(1));
    expect(server.sent.snapshot).toBe(1);
    await until(async () => expect(await drawn(page)).toBeGreaterThan(before));
  });
});

/** Counts the frames in which anything is painted on a canvas. */
async function countDrawing(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const counted = window as unknown as { drawnFrames: number };
    counted.drawnFrames = 0;
    let inFrame = false;
    for (const method of ["fillRect", "clearRect", "stroke", "fill", "drawImage"] as const) {
      const original = CanvasRenderingContext2D.prototype[method] as (...rest: unknown[]) => unknown;
      CanvasRenderingContext2D.prototype[method] = function (this: CanvasRenderingContext2D, ...rest: unknown[]) {
        if (!inFrame) {
          inFrame = true;
          counted.drawnFrames++;
          queueMicrotask(() => {
            inFrame = false;
          });
        }
        return original.apply(this, rest);
      } as never;
    }
  });
}

function drawn(page: Page): Promise<number> {
  return page.evaluate(() => (window as unknown as { drawnFrames: number }).drawnFrames);
}

/** Headless pages are always seen; this says otherwise, as the browser would. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
    Object.defineProperty(document, "visibilityState", {
      configurable: true,
      get: () => (value ? "hidden" : "visible"),
    });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
