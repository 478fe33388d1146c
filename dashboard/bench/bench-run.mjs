// What all measurements share: a page of the built dashboard with a fleet of a size, cold, and the median.

import { newPage, startBrowser } from "../dev/browser.mjs";
import { startFixtureServer } from "../dev/fixture-server.mjs";
import { generateGraph } from "../dev/generate-graph.mjs";

export const look = { width: 1600, height: 900 };

/** A browser's own start goes on for a second and takes both processors; who opens a map has had that behind them. */
const startedMs = 1500;

/**
 * A fresh browser, so that nothing is cached and no code is warm, with the map of a fleet in it.
 * @template T
 * @param {{ services: number, hash?: string, tickMs?: number }} what
 * @param {(page: import("playwright-core").Page, server: any, fleet: any) => Promise<T>} measure
 * @param {() => void} [first] runs in the page before its own scripts
 * @returns {Promise<T>}
 */
export function withFleet({ services, hash = "#expand", tickMs = 0 }, measure, first) {
  return withBrowser(
    services,
    async (page, server, fleet) => {
      if (first) await page.addInitScript(first);
      await page.goto(server.url + hash);
      await mapDrawn(page);
      return measure(page, server, fleet);
    },
    tickMs,
  );
}

/** A fresh browser with an empty page, and a fleet that is served. */
export async function withBrowser(services, measure, tickMs = 0) {
  const fleet = generateGraph(services);
  const server = await startFixtureServer({ fleet, tickMs });
  const browser = await startBrowser(["--enable-precise-memory-info"]);
  try {
    const page = await newPage(browser, look);
    await page.waitForTimeout(startedMs);
    return await measure(page, server, fleet);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** When the first frame with nodes was drawn, in ms after navigation. */
export async function mapDrawn(page) {
  const mark = () => performance.getEntriesByName("tendril:map")[0]?.startTime;
  await page.waitForFunction(mark, undefined, { timeout: 120_000 });
  return page.evaluate(mark);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @param {number} times @param {() => Promise<number>} measure */
export async function medianOf(times, measure) {
  const values = [];
  for (let i = 0; i < times; i++) values.push(await measure());
  return median(values);
}

/** Waits until the page has had nothing to do for a while: layouts, routes and first frames are over. */
export async function restingMap(page) {
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        let quiet = 0;
        let last = performance.now();
        const look = (now) => {
          quiet = now - last < 34 ? quiet + 1 : 0;
          last = now;
          if (quiet >= 30) resolve(undefined);
          else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
      }),
  );
}
