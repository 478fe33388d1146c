import { mkdir } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newPage, startBrowser, watch } from "../dev/browser.mjs";
import type { GraphSnapshot } from "../src/api/types";
import { Place } from "./live/place";
import type { Running } from "./live/process";
import { missing } from "./live/requirements";
import { expectedCalls, expectedServices, Shop } from "./live/shop";
import { artifacts, Operator, root, startAgent } from "./live/tendril";
import { card, cards, filterBox, panel, restingPlaces, until } from "./map-page";

// The real thing, end to end: a real agent sees the demo's real connections, a real operator serves the page, Chromium shows it.
// The tests are one story and run in order.

const reason = missing();

// A machine that cannot says why; the one that guards the main branch must be able to.
if (reason) it(`the real thing is left out here: ${reason}`, () => expect(process.env.CI).not.toBe("true"));

describe.skipIf(reason)("the page of a real operator", () => {
  let place: Place;
  let operator: Operator;
  let agent: Running;
  let shop: Shop;
  let browser: Browser;
  let page: Page;
  let graph: GraphSnapshot;
  let complaints: string[] = [];

  beforeAll(async () => {
    place = await Place.create();
    operator = await new Operator(["--rules", `${root}demo/rules.yaml`]).start();
    agent = await startAgent(place, operator);
    shop = await Shop.start(place);
    shop.traffic(20);
    browser = await startBrowser();
    page = await newPage(browser);
    ({ complaints } = watch(page));
    await mkdir(`${artifacts}/screenshots`, { recursive: true });
  }, 180_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.end();
    await operator?.stop();
    await place?.dispose();
  }, 60_000);

  const idOf = (name: string) => graph.nodes.find((node) => node.name === name)?.id ?? `nobody is called ${name}`;
  const label = async (name: string) => (await card(page, idOf(name)).getAttribute("aria-label")) ?? "";
  const screenshot = (name: string) => page.screenshot({ path: `${artifacts}/screenshots/live-${name}.png` });

  /** The page anew, so that a test that failed leaves nothing to the next. */
  async function show(hash = ""): Promise<void> {
    await page.goto("about:blank");
    await page.goto(operator.url + hash);
    await cards(page, expectedServices.length);
  }

  it("shows every service and dependency of the demo, and no other", async () => {
    graph = await operator.shows(expectedServices, expectedCalls);
    await show();
    for (const name of expectedServices) {
      const callers = expectedCalls.filter((call) => call.split(" ")[1] === name).length;
      await until(async () => expect(await label(name)).toContain(`${callers} caller`));
    }
    await screenshot("demo");
  });

  it("filters what it shows, and opens a service", async () => {
    await show();
    await filterBox(page).fill("path:traffic..redis");
    await cards(page, 4);
    await filterBox(page).fill("");
    await cards(page, expectedServices.length);
    await card(page, idOf("order")).focus();
    await page.keyboard.press("Enter");
    await until(async () => {
      const text = await panel(page).textContent();
      for (const name of ["gateway", "product", "inventory", "payment", "postgresql", "shipping"])
        expect(text).toContain(name);
    });
    await screenshot("service");
    await page.keyboard.press("Escape");
  });

  it("says within seconds that a stopped service fails, by word and aloud, and that it is back", async () => {
    await show();
    const before = await restingPlaces(page);
    await shop.stop("payment");
    await until(async () => expect(await label("payment")).toMatch(/failing|degraded/), 15_000);
    await until(async () => expect(await label("payment")).toContain("failing"), 30_000);
    const spoken = page.locator('[aria-live="polite"]', { hasText: /order to payment/ });
    await until(async () => expect(await spoken.count()).toBeGreaterThan(0));
    await page.evaluate(
      (id) => {
        location.hash = `#edge=${encodeURIComponent(id)}`;
      },
      graph.edges.find((edge) => edge.target === idOf("payment"))?.id ?? "",
    );
    await until(async () => expect(await panel(page).textContent()).toMatch(/failing.*refused/is));
    await screenshot("failing");
    await page.keyboard.press("Escape");

    await shop.startAgain("payment");
    // Callers get through again; that it failed a moment ago is still said.
    await until(async () => expect(await label("payment")).toMatch(/degraded|active/), 30_000);
    expect(await restingPlaces(page)).toEqual(before);
  }, 120_000);

  it("outlives a restart of the operator: grey at first, then complete, and nothing moved", async () => {
    await show();
    const before = await restingPlaces(page);
    await operator.stop();
    await until(async () => expect(await page.locator(".banner").textContent()).toMatch(/lost/i));
    await cards(page, expectedServices.length);
    await screenshot("lost");
    await operator.start();
    await until(async () => expect(await page.locator(".live").textContent()).toBe("Live"), 30_000);
    await operator.shows(expectedServices, expectedCalls);
    await cards(page, expectedServices.length);
    await page.locator(".banner").waitFor({ state: "detached" });
    expect(await restingPlaces(page)).toEqual(before);
  }, 120_000);

  it("shows the connections of a dependency as they come", async () => {
    await show(`#edge=${encodeURIComponent(graph.edges.find((edge) => edge.target === idOf("user"))?.id ?? "")}`);
    await panel(page)
      .getByRole("button", { name: /live|follow|watch/i })
      .first()
      .click();
    const lines = panel(page).locator(".flows li, .flows tr");
    await until(async () => expect(await lines.count()).toBeGreaterThan(2), 30_000);
    await lines.last().scrollIntoViewIfNeeded();
    await screenshot("flows");
    await page.keyboard.press("Escape");
  });

  it("made no complaint on the way", () => expect(complaints).toEqual([]));
});
