import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { generateGraph } from "../dev/generate-graph.mjs";
import { describeInBrowser } from "./fixture-page";
import { card, cards, hashIs, panel, places, restingPlaces, tabToMap, until } from "./map-page";

const fleet = generateGraph(120);
const billing = "namespace/billing";
const inBilling = fleet.nodes.filter((node) => node.namespace === "billing").length;

describeInBrowser("groups", ({ open }) => {
  it("are namespaces of a fleet, and others on request, each remembered", async () => {
    const { page } = await open("", { fleet });
    await cards(page, 120);
    const before = await restingPlaces(page);
    await page.keyboard.press("g");
    await hashIs(page, (parts) => expect(parts.get("group")).toBe("host"));
    await until(async () => expect(await restingPlaces(page)).not.toEqual(before));
    for (const next of ["tier", "none", "namespace"]) {
      await page.keyboard.press("g");
      await hashIs(page, (parts) => expect(parts.get("group")).toBe(next));
    }
    await until(async () => expect(await restingPlaces(page)).toEqual(before));
  });

  it("collapse into one card that tells how many it holds, and open again in place", async () => {
    const { page } = await open("", { fleet });
    await cards(page, 120);
    const before = await restingPlaces(page);
    await page.evaluate((id) => {
      location.hash = `#closed=${encodeURIComponent(id)}`;
    }, billing);
    await cards(page, 120 - inBilling + 1);
    expect(await card(page, billing).getAttribute("aria-label")).toContain(`${inBilling}`);
    await card(page, billing).focus();
    await page.keyboard.press("Enter");
    await cards(page, 120);
    const after = await restingPlaces(page);
    const others = fleet.nodes.filter((node) => node.namespace !== "billing").map((node) => node.id);
    expect(others.filter((id) => after[id]?.x !== before[id]?.x || after[id]?.y !== before[id]?.y)).toEqual([]);
  });

  it("collapse by themselves beyond 400 services, and Enter opens one of them", async () => {
    const large = generateGraph(2000);
    const { page } = await open("", { fleet: large });
    await tabToMapWithCards(page);
    const before = Object.keys(await restingPlaces(page));
    expect(before.length).toBeLessThan(110);
    expect(before).toContain(billing);
    expect(before.some((id) => id.startsWith("kubernetes/"))).toBe(false);
    await card(page, billing).focus();
    await page.keyboard.press("Enter");
    const members = large.nodes.filter((node) => node.namespace === "billing").map((node) => node.id);
    await until(async () => expect(Object.keys(await places(page))).toEqual(expect.arrayContaining(members)));
    expect(Object.keys(await places(page))).not.toContain(billing);
    await hashIs(page, (parts) => expect(parts.getAll("opened")).toEqual([billing]));
  });

  it("of what is too much say how much, with a way in", async () => {
    const { page } = await open("", { fleet: generateGraph(2000) });
    await tabToMapWithCards(page);
    expect(await page.locator("body").textContent()).toMatch(/2,000 services are too many/);
    await page.getByRole("button", { name: /every service/ }).click();
    await hashIs(page, (parts) => expect(parts.has("expand")).toBe(true));
    await until(async () => {
      const ids = Object.keys(await places(page));
      // More than 500: the mirror keeps to groups, the canvas has them all.
      expect(ids.length).toBeLessThanOrEqual(500);
    });
  });

  it("tell of what goes between two of them", async () => {
    const { page } = await open("#from=namespace/checkout&to=namespace/catalogue", { fleet });
    await until(async () => {
      const text = (await panel(page).textContent()) ?? "";
      expect(text).toContain("checkout");
      expect(text).toContain("catalogue");
    });
    const between = fleet.edges.filter(
      (edge) => edge.source.startsWith("kubernetes/checkout/") && edge.target.startsWith("kubernetes/catalogue/"),
    );
    expect(between.length).toBeGreaterThan(0);
    const [first] = between;
    const target = fleet.nodes.find((node) => node.id === first?.target)?.name ?? "";
    expect(await panel(page).textContent()).toContain(target);
  });
});

async function tabToMapWithCards(page: Page) {
  await page.locator("[data-node]").first().waitFor({ state: "attached" });
  await tabToMap(page);
}
