import { expect, it } from "vitest";
import { describeInBrowser } from "./fixture-page";
import {
  card,
  cards,
  filterBox,
  focusedNode,
  gateway,
  hashIs,
  order,
  panel,
  places,
  tabToMap,
  until,
} from "./map-page";

describeInBrowser("the keyboard alone", ({ open }) => {
  it("leads to the map, along its edges, into a service and out again", async () => {
    const { page } = await open();
    await cards(page, 13);
    await tabToMap(page);
    // However it got there, arrows reach every side of the map.
    const at = await places(page);
    const first = await focusedNode(page);
    await page.keyboard.press("ArrowRight");
    const second = await focusedNode(page);
    expect(second).not.toBe(first);
    expect(at[second ?? ""]?.x).toBeGreaterThan(at[first ?? ""]?.x ?? 0);

    await card(page, gateway).focus();
    await page.keyboard.press("Shift+ArrowRight");
    const callee = await focusedNode(page);
    expect([order, "process:user-service", "process:product-service"]).toContain(callee);
    await page.keyboard.press("Shift+ArrowLeft");
    expect(await focusedNode(page)).toBe(gateway);

    await page.keyboard.press("Enter");
    await until(async () => expect(await panel(page).locator("h2").first().textContent()).toContain("gateway"));
    await hashIs(page, (parts) => expect(parts.get("node")).toBe(gateway));
    await page.keyboard.press("Escape");
    await panel(page).waitFor({ state: "detached" });
    expect(await focusedNode(page)).toBe(gateway);
  });

  it("has one stop for the whole map, where it was left", async () => {
    const { page } = await open();
    await cards(page, 13);
    await tabToMap(page);
    await page.keyboard.press("ArrowRight");
    const left = await focusedNode(page);
    await page.keyboard.press("Tab");
    expect(await focusedNode(page)).toBeUndefined();
    await page.keyboard.press("Shift+Tab");
    expect(await focusedNode(page)).toBe(left);
    expect(await page.locator('[data-node][tabindex="0"]').count()).toBe(1);
  });

  it("filters by /, and Escape gives the map back", async () => {
    const { page } = await open();
    await cards(page, 13);
    await page.keyboard.press("/");
    expect(await filterBox(page).evaluate((box) => box === document.activeElement)).toBe(true);
    await page.keyboard.type("name:redis depth:0");
    await cards(page, 1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await until(async () =>
      expect(await filterBox(page).evaluate((box) => box === document.activeElement)).toBe(false),
    );
  });

  it("helps by ? and closes the help by Escape", async () => {
    const { page } = await open();
    await cards(page, 13);
    await page.keyboard.press("?");
    const help = page.getByRole("dialog");
    await help.waitFor();
    for (const word of ["/", "Esc", "Enter", "Shift"]) expect(await help.textContent()).toContain(word);
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "hidden" });
  });

  it.each([
    ["s", "services"],
    ["c", "changes"],
    ["a", "agents"],
  ])("changes to another view by %s and back by m", async (key, view) => {
    const { page } = await open();
    await cards(page, 13);
    await page.keyboard.press(key);
    await hashIs(page, (parts) => expect(parts.get("view")).toBe(view));
    await page.keyboard.press("m");
    await hashIs(page, (parts) => expect(parts.get("view")).toBeNull());
    await cards(page, 13);
  });

  it("zooms by + and -, fits by 0, and keeps both in the address", async () => {
    const { page } = await open();
    await cards(page, 13);
    await tabToMap(page);
    const zoom = async () => Number(new URLSearchParams(new URL(page.url()).hash.slice(1)).get("at")?.split(",")[2]);
    await page.keyboard.press("+");
    await hashIs(page, (parts) => expect(parts.get("at")).toMatch(/^-?[\d.]+,-?[\d.]+,[\d.]+$/));
    const near = await zoom();
    await page.keyboard.press("-");
    await page.keyboard.press("-");
    await until(async () => expect(await zoom()).toBeLessThan(near));
    await page.keyboard.press("0");
    await hashIs(page, (parts) => expect(parts.has("at")).toBe(false));
  });

  it("shows one service with its surroundings by f, what fails by p, and groups by g", async () => {
    const { page } = await open();
    await cards(page, 13);
    await page.keyboard.press("g");
    await hashIs(page, (parts) => expect(parts.get("group")).toBeTruthy());
    await page.keyboard.press("p");
    await cards(page, 2);
    await page.keyboard.press("p");
    await cards(page, 13);
    await card(page, gateway).focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("f");
    // The gateway, its one caller and its four callees.
    await cards(page, 6);
  });
});
