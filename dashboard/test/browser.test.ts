import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, startBrowser } from "../dev/browser.mjs";
import { fixtureGraph } from "../dev/fixture-graph.mjs";
import { startFixtureServer } from "../dev/fixture-server.mjs";

// The built page in a real browser, against a server that speaks the operator's contract under the operator's policy.

type Server = Awaited<ReturnType<typeof startFixtureServer>>;
type Browser = Awaited<ReturnType<typeof startBrowser>>;

const places = `JSON.stringify([...document.querySelectorAll("[data-node]")].map((n) => [n.dataset.node, n.style.transform]).sort())`;
const order = "process:order-service";

describe.skipIf(!chromiumPath)("the page in a browser", () => {
  let browser: Browser;
  let server: Server | undefined;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await browser.page.send("Page.navigate", { url: "about:blank" });
    await server?.close();
    server = undefined;
  });

  async function open(hash = "", options: Parameters<typeof startFixtureServer>[0] = {}, view = {}) {
    server = await startFixtureServer({ tickMs: 0, ...options });
    browser.page.requests.length = 0;
    browser.page.complaints.length = 0;
    await browser.page.open(server.url + hash, view);
    return { page: browser.page, server };
  }

  it("draws every service and dependency, asks nobody else, and breaks no policy", async () => {
    const { page, server } = await open();
    await page.until(`document.querySelectorAll("[data-node]").length === 13`);
    expect(await page.evaluate(`document.querySelectorAll("[data-edge]").length`)).toBe(17);
    expect(await page.evaluate(`document.querySelector(".live").textContent`)).toBe("Live");
    expect(page.requests.filter((url: string) => !url.startsWith(server.url) && !url.startsWith("about:"))).toEqual([]);
    expect(new Set(page.requests.filter((url: string) => url.startsWith(server.url))).size).toBeLessThanOrEqual(6);
    expect(page.complaints).toEqual([]);
  });

  it("moves no card and no view when counters tick or a service comes", async () => {
    const { page, server } = await open();
    await page.until(`document.querySelectorAll("[data-node]").length === 13`);
    const before = JSON.parse(await page.evaluate(places));
    server.tick();
    server.tick();
    await page.until(`document.querySelector('[data-node="process:gateway"] .rate').textContent === "120/s"`);
    expect(JSON.parse(await page.evaluate(places))).toEqual(before);

    const graph = fixtureGraph(3);
    const [node, edge] = [graph.nodes[2], graph.edges[1]];
    const added = { ...node, id: "new", name: "audit-service" };
    const call = { ...edge, id: "new-edge", source: order, target: "new" };
    const empty = { removedNodes: [], removedEdges: [] };
    server.push({ ...graph, fromVersion: 3, version: 4, nodes: [added], edges: [call], ...empty });
    await page.until(`document.querySelector('[data-node="new"]')`);
    const after = JSON.parse(await page.evaluate(places)).filter(([id]: [string]) => id !== "new");
    expect(after).toEqual(before);
  });

  it("opens a service by keyboard, shows what breaks, and closes by Escape", async () => {
    const { page } = await open();
    await page.until(`document.querySelectorAll("[data-node]").length === 13`);
    await page.evaluate(`document.querySelector('[data-node="process:gateway"]').focus()`);
    await page.press("ArrowRight");
    expect(await page.evaluate("document.activeElement.dataset.node")).toBe(order);
    await page.press("Enter");
    await page.until(`document.querySelector(".panel .names")`);
    expect(await page.evaluate(`document.querySelector(".panel h2").textContent.trim()`)).toBe("order-service");
    expect(await page.evaluate(`document.querySelector(".panel").textContent`)).toContain("3 services depend on it");
    expect(await page.evaluate("location.hash")).toContain("order-service");
    await page.press("Escape");
    await page.until(`!document.querySelector(".panel") && location.hash === ""`);
  });

  it("opens by click a service and an edge, and Back returns", async () => {
    const { page } = await open();
    await page.until(`document.querySelectorAll("[data-node]").length === 13`);
    const { x, y } = await page.evaluate(
      `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector('[data-node="process:redis"]').getBoundingClientRect())`,
    );
    await page.click(x, y);
    await page.until(`document.querySelector(".panel h2")?.textContent.includes("redis")`);
    await page.evaluate("history.back()");
    await page.until(`!document.querySelector(".panel")`);
    const mark = await page.evaluate(
      `(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector(".mark").getBoundingClientRect())`,
    );
    await page.click(mark.x, mark.y);
    await page.until(`document.querySelector(".panel .problem")`);
    expect(await page.evaluate(`document.querySelector(".panel").textContent`)).toContain(
      "An agent saw the client connect",
    );
  });

  it("says why a dependency is there, why its connects failed, and what it knows of neither", async () => {
    const id = "process:payment-service>process:api.payments.example/tcp/443";
    const { page } = await open(`#edge=${encodeURIComponent(id)}`);
    await page.until(`document.querySelector(".reports li")`);
    const text = await page.evaluate(`document.querySelector(".panel").textContent`);
    expect(text).toContain("The client's agent on shop-host saw shop (pid 4105) connect to tcp/127.0.0.1:443");
    expect(text).toContain("The last was refused");
    expect(text).toContain("127.0.0.1:40000 → 127.0.0.1:443");
    expect(await page.evaluate(`document.querySelector(".edge.is-failing .label").textContent`)).toBe(
      "refused, never opened",
    );
    expect(page.complaints).toEqual([]);
  });

  it("shows what an operator without evidence still tells, and says that it has none", async () => {
    const id = "process:product-service>process:redis/tcp/6379";
    const { page } = await open(`#edge=${encodeURIComponent(id)}`, { evidence: false });
    await page.until(`document.querySelector(".panel [role=status]")`);
    const text = await page.evaluate(`document.querySelector(".panel").textContent`);
    expect(text).toContain("Not known: HTTP 404");
    expect(text).toContain("tcp/10.96.0.7:6379");
  });

  it("tells what was folded beyond a limit, and the flag that raises it", async () => {
    const { page } = await open("#agents=", {
      graph: (seconds: number) => fixtureGraph(seconds, { folded: 3412 }),
    });
    await page.until(`document.querySelector(".panel .limits")`);
    const [panel, chip] = await page.evaluate(
      `[".panel", ".top"].map((name) => document.querySelector(name).textContent)`,
    );
    expect(panel).toContain("3,412 outside addresses folded");
    expect(panel).toContain("larger --max-external (now 1)");
    expect(panel).toContain("1,203 of 1,204 open connections explained (99.9 %)");
    expect(chip).toContain("3.4k folded");
  });

  it("keeps the failing edge bright while the rest is dimmed", async () => {
    const { page } = await open("#node=process:redis");
    await page.until(`document.querySelector(".node.selected")`);
    expect(await page.evaluate(`document.querySelector(".edge.is-failing").classList.contains("dim")`)).toBe(false);
    expect(await page.evaluate(`document.querySelector('[data-node="${order}"]').classList.contains("dim")`)).toBe(
      true,
    );
  });

  it("shows the last picture as lost when the operator goes, and live again when it is back", async () => {
    const { page, server } = await open();
    await page.until(`document.querySelector(".live.live:not(.lost)")`);
    await page.until(`document.querySelectorAll("[data-node]").length === 13`);
    server.drop();
    await page.until(`document.querySelector(".banner")?.textContent.includes("Connection lost")`);
    await page.until(`!document.querySelector(".banner") && document.querySelector(".live").textContent === "Live"`);
    expect(server.resumedFrom).toEqual([null, "1-1"]);
  });

  it.each([
    ["no agent", { agents: 0, empty: true }, "sudo tendril-agent"],
    ["no traffic", { agents: 1, empty: true }, "no connection seen yet"],
  ])("says what to do with %s", async (_, options, text) => {
    const { page } = await open("", { graph: (seconds: number) => fixtureGraph(seconds, options) });
    await page.until(`document.querySelector(".state-card")`);
    expect(await page.evaluate(`document.querySelector(".state-card").textContent`)).toContain(text);
  });

  it("filters the table, sorts it by a title, and offers to clear a filter that hides all", async () => {
    const { page } = await open("#view=services&filter=service");
    await page.until(`document.querySelectorAll("tbody tr").length === 7`);
    await page.evaluate(
      `[...document.querySelectorAll("thead button")].find((b) => b.textContent.startsWith("Service")).click()`,
    );
    await page.until(`document.querySelector("tbody tr th").textContent.trim() === "inventory-service"`);
    await page.evaluate(`location.hash = "filter=nothing-like-this"`);
    await page.until(`document.querySelector(".state-card button")`);
    await page.evaluate(`document.querySelector(".state-card button").click()`);
    await page.until(`document.querySelectorAll("[data-node]").length === 13`);
  });

  it("fits a phone without scrolling sideways, with the panel below the map", async () => {
    const { page } = await open(`#node=${order}`, {}, { width: 390, height: 844 });
    await page.until(`document.querySelector(".panel")`);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    const [panel, map] = await page.evaluate(
      `[".panel", ".map"].map((name) => document.querySelector(name).getBoundingClientRect().top)`,
    );
    expect(panel).toBeGreaterThan(map);
  });
});
