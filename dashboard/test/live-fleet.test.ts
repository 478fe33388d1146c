import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, newPage, startBrowser, watch } from "../dev/browser.mjs";
import { Running } from "./live/process";
import { artifacts, Operator, root } from "./live/tendril";
import { restingPlaces, until } from "./map-page";

// A fleet's agents report to a real operator, as bench/Tendril.Benchmarks makes them up; no kernel, so no root.

const program =
  process.env.TENDRIL_BENCHMARKS ?? `${root}bench/Tendril.Benchmarks/bin/Release/net10.0/Tendril.Benchmarks.dll`;
const reason =
  [
    [chromiumPath, "no Chromium here"],
    [existsSync(program), `${program} is not built: dotnet build bench/Tendril.Benchmarks -c Release`],
    [existsSync(`${artifacts}/operator/tendril-operator`), "the operator is not built: scripts/build.sh operator"],
  ].find(([there]) => !there)?.[1] ?? null;

if (reason) it(`fleets are left out here: ${reason}`, () => expect(process.env.CI).not.toBe("true"));

describe.skipIf(reason)("the page of a real operator of", () => {
  let browser: Browser;
  const started: { end(): Promise<void> }[] = [];
  beforeAll(async () => {
    browser = await startBrowser();
    await mkdir(`${artifacts}/screenshots`, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    for (const one of started.reverse()) await one.end();
  }, 60_000);

  it.each([
    [200, 500, 10],
    [2000, 5000, 100],
  ])(
    "%i services: shows them all, live, and moves none",
    async (services, edges, hosts) => {
      const operator = await new Operator().start();
      started.push({ end: () => operator.stop() });
      const load = ["--services", services, "--edges", edges, "--hosts", hosts, "--seconds", 600].map(String);
      const fleet = Running.start(["dotnet", program, "fleet", "--operator", operator.agents, ...load]);
      started.push(fleet);
      let graph = await operator.graph();
      await until(async () => {
        graph = await operator.graph();
        expect(graph.edges.length, fleet.output).toBeGreaterThanOrEqual(edges);
      }, 90_000);

      const page = await newPage(browser);
      const { complaints } = watch(page);
      await page.goto(operator.url);
      await page.locator("[data-node]").first().waitFor({ state: "attached" });
      const text = new Intl.NumberFormat("en-GB").format(graph.nodes.length);
      await until(async () => expect(await page.locator("body").textContent()).toContain(`${text} services`));
      const before = await restingPlaces(page);
      if (graph.nodes.length <= 400) expect(Object.keys(before)).toHaveLength(graph.nodes.length);
      else expect(Object.keys(before).length).toBeLessThan(graph.nodes.length / 4);
      // Two more messages with other counters.
      const version = (await operator.graph()).version;
      await until(async () => expect((await operator.graph()).version).toBeGreaterThan(version + 1));
      await until(async () => expect(await page.locator("body").textContent()).toMatch(/[\d.]+k?\/s connections/));
      expect(await restingPlaces(page)).toEqual(before);
      await page.screenshot({ path: `${artifacts}/screenshots/live-fleet-${services}.png` });
      expect(complaints).toEqual([]);
      await page.context().close();
      await fleet.end();
      await operator.stop();
    },
    180_000,
  );
});
