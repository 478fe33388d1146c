import { expect, it } from "vitest";
import { generateGraph } from "../dev/generate-graph.mjs";
import { describeInBrowser } from "./fixture-page";
import {
  cards,
  filterBox,
  hashIs,
  order,
  type Places,
  panel,
  places,
  restingPlaces,
  tabToMap,
  until,
} from "./map-page";

describeInBrowser("the address", ({ open, openMore }) => {
  it("shows another page the same: filter, grouping, selection, place and zoom", async () => {
    const { page } = await open("", { fleet: generateGraph(120) });
    await cards(page, 120);
    await filterBox(page).fill("ns:billing depth:1");
    await until(async () => expect(Object.keys(await places(page)).length).toBeLessThan(120));
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await hashIs(page, (parts) => expect(parts.get("filter")).toBe("ns:billing depth:1"));
    await tabToMap(page);
    await page.keyboard.press("Enter");
    await panel(page).waitFor();
    await page.locator('[data-node][tabindex="0"]').focus();
    await page.keyboard.press("+");
    await hashIs(page, (parts) => {
      expect(parts.get("node")).toBeTruthy();
      expect(parts.get("at")).toBeTruthy();
    });
    const here = await restingPlaces(page);
    const heading = await panel(page).locator("h2").first().textContent();
    const address = page.url();

    const other = await openMore(address);
    await until(async () => expect(farthest(here, await restingPlaces(other))).toBeLessThan(2));
    expect(await panel(other).locator("h2").first().textContent()).toBe(heading);
    expect(await filterBox(other).inputValue()).toBe("ns:billing depth:1");
    expect(other.url()).toBe(address);
  });

  it("goes back step by step, and forward again", async () => {
    const { page } = await open();
    await cards(page, 13);
    await page.evaluate((id) => {
      location.hash = `#node=${id}`;
    }, order);
    await panel(page).waitFor();
    await page.keyboard.press("s");
    await page.locator("tbody tr").first().waitFor();
    await page.goBack();
    await cards(page, 13);
    await panel(page).waitFor();
    await page.goBack();
    await panel(page).waitFor({ state: "detached" });
    await page.goForward();
    await panel(page).waitFor();
  });

  it("that nobody can mean harms nothing", async () => {
    const { page, complaints } = await open("#node=nobody&at=x&group=colour&opened=nothing&filter=(((&view=galaxy");
    await cards(page, 13);
    expect(complaints).toEqual([]);
  });

  it("does not keep what is as usual", async () => {
    const { page } = await open();
    await cards(page, 13);
    expect(new URL(page.url()).hash).toBe("");
  });
});

/** The link keeps tenths of a px and thousandths of the zoom, so the same view may be a px off at the rim. */
function farthest(a: Places, b: Places): number {
  if (Object.keys(a).sort().join() !== Object.keys(b).sort().join()) return Number.POSITIVE_INFINITY;
  return Math.max(
    ...Object.entries(a).map(([id, p]) => Math.hypot(p.left - (b[id]?.left ?? 0), p.top - (b[id]?.top ?? 0))),
  );
}
