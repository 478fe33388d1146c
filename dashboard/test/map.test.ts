import { expect, it } from "vitest";
import { fixtureGraph } from "../dev/fixture-graph.mjs";
import { addedService, generateGraph } from "../dev/generate-graph.mjs";
import { plural } from "../src/graph/units";
import { describeInBrowser } from "./fixture-page";
import { card, cards, gateway, order, type Places, panel, places, redis, restingPlaces, until } from "./map-page";

const nothingGone = { removedNodes: [], removedEdges: [] };

describeInBrowser("the map", ({ open }) => {
  it("shows every service and dependency, asks nobody else, and breaks no policy", async () => {
    const { page, server, requests, complaints } = await open();
    await cards(page, 13);
    await until(async () => expect(await page.locator(".live").textContent()).toBe("Live"));
    // Each end of each of the 17 is counted once; what calls itself is its own caller and callee.
    const graph = fixtureGraph(0);
    for (const node of graph.nodes) {
      const label = (await card(page, node.id).getAttribute("aria-label")) ?? "";
      const count = (end: "source" | "target") => graph.edges.filter((edge) => edge[end] === node.id).length;
      expect(label).toContain(node.name);
      expect(label).toContain(plural(count("target"), "caller"));
      expect(label).toContain(plural(count("source"), "callee"));
    }
    expect(requests.filter((url) => !url.startsWith(server.url))).toEqual([]);
    expect(new Set(requests).size).toBeLessThanOrEqual(7);
    expect(complaints).toEqual([]);
  });

  it.each([
    ["a demo", {}],
    ["a fleet of groups", { fleet: generateGraph(1000) }],
  ])("of %s moves nothing when counters tick", async (_, options) => {
    const { page, server } = await open("", options);
    await page.locator("[data-node]").first().waitFor();
    const before = await restingPlaces(page);
    const rate = page.locator("header").getByText(/[\dkM]\/s/);
    for (let i = 0; i < 3; i++) server.tick();
    await until(async () => expect(await rate.count()).toBeGreaterThan(0));
    expect(await restingPlaces(page)).toEqual(before);
  });

  it("moves nothing outside the group that a service comes to", async () => {
    const fleet = generateGraph(200);
    const { page, server } = await open("#expand&group=namespace", { fleet });
    await cards(page, 200);
    const before = await restingPlaces(page);
    const caller = fleet.nodes.find((node) => node.tier === "service" && node.namespace === "billing");
    if (!caller) throw new Error("the fleet has no billing");
    const { node, edge } = addedService(caller);
    server.push({ ...fleet, fromVersion: 1, version: 2, nodes: [node], edges: [edge], ...nothingGone });
    await cards(page, 201);
    const after = await restingPlaces(page);
    const moved = fleet.nodes.filter(({ id, namespace }) => {
      const [a, b] = [before[id], after[id]];
      return namespace !== "billing" && JSON.stringify(a) !== JSON.stringify(b);
    });
    expect(moved.map((node) => node.id)).toEqual([]);
  });

  it("takes away what is gone and moves nothing", async () => {
    const { page, server } = await open();
    await cards(page, 13);
    const before = await restingPlaces(page);
    const edges = fixtureGraph(0).edges.filter((edge) => edge.target === redis);
    const removedEdges = edges.map((edge) => edge.id);
    const graph = { ...fixtureGraph(0), fromVersion: 1, version: 2, nodes: [], edges: [] };
    server.push({ ...graph, removedNodes: [redis], removedEdges });
    await cards(page, 12);
    const { [redis]: _, ...left } = before;
    expect(await places(page)).toEqual(left);
  });

  it("comes nearer under two fingers, and the page with it stays as it is", async () => {
    const { page } = await open("", {}, { width: 390, height: 844, touch: true });
    await cards(page, 13);
    const before = await restingPlaces(page);
    const apart = (at: Places) => Math.abs((at[gateway]?.left ?? 0) - (at[order]?.left ?? 0));
    const devtools = await page.context().newCDPSession(page);
    const pinch = { x: 200, y: 450, scaleFactor: 2, gestureSourceType: "touch" as const };
    await devtools.send("Input.synthesizePinchGesture", pinch);
    expect(apart(await restingPlaces(page))).toBeGreaterThan(1.5 * apart(before));
    expect(await page.evaluate(() => visualViewport?.scale)).toBe(1);
  });

  it("opens a service and an edge by a click, and Back returns", async () => {
    const { page } = await open();
    await cards(page, 13);
    const box = await card(page, redis).boundingBox();
    if (!box) throw new Error("redis is not on the screen");
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await until(async () => expect(await panel(page).locator("h2").first().textContent()).toContain("redis"));
    await page.goBack();
    await panel(page).waitFor({ state: "detached" });
  });

  it("says in the label of a card what its picture says", async () => {
    const { page, server } = await open();
    await cards(page, 13);
    for (let i = 0; i < 3; i++) server.tick();
    const label = async (id: string) => (await card(page, id).getAttribute("aria-label")) ?? "";
    await until(async () => expect(await label(order)).toMatch(/order-service, .*port 8002.*connections per second/));
    expect(await label("process:api.payments.example")).toContain("failing");
    expect(await label("process:recommendation-engine-experiment-eu-central-1")).toContain("gone");
    expect(await label("process:shipping-service")).toContain("idle");
  });
});
