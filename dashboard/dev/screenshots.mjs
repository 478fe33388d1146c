// Pictures of every screen for people to look at, in artifacts/screenshots/: wide and narrow, light and dark.
//
//   npm run screenshots                        all of them
//   npm run screenshots -- map-200 edge        only those whose name has one of these in it
//   npm run screenshots -- --demo http://127.0.0.1:8080/   docs/images/demo.png anew, from an operator that watches the demo

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { newPage, startBrowser } from "./browser.mjs";
import { fixtureGraph } from "./fixture-graph.mjs";
import { startFixtureServer } from "./fixture-server.mjs";
import { generateGraph } from "./generate-graph.mjs";

const folder = fileURLToPath(new URL("../../artifacts/screenshots/", import.meta.url));
const demoImage = fileURLToPath(new URL("../../docs/images/demo.png", import.meta.url));

const failing = encodeURIComponent("process:payment-service>process:api.payments.example/tcp/443");
const told = (options) => ({ graph: (seconds) => fixtureGraph(seconds, options) });
const fleets = { 200: generateGraph(200), 2000: generateGraph(2000) };
const fleet = (services) => ({ fleet: fleets[services] });

/** @type {Record<string, { hash?: string, options?: object, before?: (page: import("playwright-core").Page) => Promise<unknown>, act?: (page: import("playwright-core").Page, server: any) => Promise<unknown> }>} */
const screens = {
  "map-13": {},
  "map-200": { options: fleet(200) },
  "map-200-by-host": { options: fleet(200), hash: "#group=host" },
  "map-2000": { options: fleet(2000) },
  "map-2000-expanded": { options: fleet(2000), hash: "#expand" },
  "map-2000-one-open": { options: fleet(2000), hash: `#opened=${encodeURIComponent("namespace/billing")}` },
  "map-filter": { hash: "#filter=path:generate-traffic..redis" },
  "map-filter-error": {
    hash: "#filter=name:redis",
    act: (page) => page.locator("header input").first().fill("prot:tcp"),
  },
  service: { hash: "#node=process:order-service" },
  "service-wide": { hash: "#node=process:order-service&wide" },
  edge: { hash: `#edge=${failing}` },
  "edge-wide": { hash: `#edge=${failing}&wide` },
  group: { options: fleet(200), hash: `#box=${encodeURIComponent("namespace/billing")}` },
  "between-groups": { options: fleet(200), hash: "#from=namespace/checkout&to=namespace/catalogue" },
  services: { hash: "#view=services" },
  "services-200": { options: fleet(200), hash: "#view=services" },
  changes: { hash: "#view=changes" },
  agents: { hash: "#view=agents" },
  help: { act: (page) => page.keyboard.press("?") },
  "state-loading": { options: { silent: true } },
  "state-unreachable": { options: { refuse: 503 } },
  "state-no-agent": { options: told({ agents: 0, empty: true }) },
  "state-no-traffic": { options: told({ empty: true }) },
  "state-filter-hides-all": { hash: "#filter=nothing-like-this" },
  "state-partial": { options: told({ agents: 3, silent: 2, lostFlowEvents: 1200, folded: 3412 }) },
  "state-updated": {
    options: {
      graph(seconds) {
        const graph = fixtureGraph(seconds);
        return { ...graph, stats: { ...graph.stats, version: `0.${seconds + 1}.0` } };
      },
    },
  },
  "state-cannot-draw": { before: (page) => page.addInitScript(() => Reflect.deleteProperty(window, "Worker")) },
  "state-lost": {
    async act(page, server) {
      server.faults.refuse = 503;
      server.drop();
      await page.locator(".banner").waitFor();
    },
  },
};

const looks = [
  { name: "wide-light", width: 1440, height: 900, dark: false },
  { name: "wide-dark", width: 1440, height: 900, dark: true },
  { name: "narrow-light", width: 390, height: 844, dark: false },
  { name: "narrow-dark", width: 390, height: 844, dark: true },
];

/** Some ticks, so that rates are there; then whatever is drawn is drawn. */
async function settle(page, server) {
  await page.locator("[data-node], .state-card, .skeleton, tbody tr, main").first().waitFor();
  // Who follows before a tick gets it; pages that are refused never do.
  for (let i = 0; i < 20 && server.followers() === 0; i++) await page.waitForTimeout(50);
  await page.waitForTimeout(200);
  for (let i = 0; i < 3; i++) server.tick();
  await page.waitForTimeout(400);
}

async function takeAll(wanted) {
  await mkdir(folder, { recursive: true });
  const browser = await startBrowser();
  for (const [name, { hash = "", options = {}, before, act }] of Object.entries(screens)) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    for (const look of looks) {
      const server = await startFixtureServer({ tickMs: 0, ...options });
      const page = await newPage(browser, look);
      try {
        await before?.(page);
        await page.goto(server.url + hash);
        await settle(page, server);
        await act?.(page, server);
        await page.waitForTimeout(200);
        await page.screenshot({ path: `${folder}${name}-${look.name}.png` });
      } catch (error) {
        console.error(`${name}-${look.name}: ${error instanceof Error ? error.message : error}`);
        process.exitCode = 1;
      }
      await page.context().close();
      await server.close();
    }
    console.log(name);
  }
  await browser.close();
}

/** As the README shows it: the real demo, light, once rates are known. */
async function takeDemo(url) {
  // A browser that asks for names would be part of the picture.
  const browser = await startBrowser(["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]);
  const page = await newPage(browser, { width: 1440, height: 620 });
  await page.goto(url);
  await page.locator("[data-node]").first().waitFor({ state: "attached" });
  await page.waitForTimeout(12_000);
  await page.screenshot({ path: demoImage });
  await browser.close();
  console.log(demoImage);
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { demo: { type: "string" } } });
await (values.demo ? takeDemo(values.demo) : takeAll(positionals));
