import { expect, it } from "vitest";
import { describeInBrowser } from "./fixture-page";
import { cards, filterBox, gateway, hashIs, order, places, redis, restingPlaces, tabToMap, until } from "./map-page";

const names = (ids: string[]) => ids.map((id) => id.replace("process:", "")).sort();

describeInBrowser("the filter", ({ open }) => {
  it.each([
    ["name:redis", ["product-service", "redis"]],
    ["name:redis depth:0", ["redis"]],
    ["tier:data depth:0", ["postgresql", "redis"]],
    ["failing", ["api.payments.example", "payment-service"]],
    ["path:generate-traffic..redis", ["gateway", "generate-traffic", "product-service", "redis"]],
    [
      "breaks:redis",
      [
        "gateway",
        "generate-traffic",
        "inventory-service",
        "order-service",
        "payment-service",
        "product-service",
        "redis",
      ],
    ],
    ["needs:inventory-service", ["inventory-service", "product-service", "redis"]],
    ["port:5432", ["order-service", "postgresql", "user-service"]],
    ["state:gone depth:0", ["recommendation-engine-experiment-eu-central-1"]],
  ])("%s shows what it means", async (filter, expected) => {
    const { page } = await open(`#filter=${encodeURIComponent(filter)}`);
    await until(async () => expect(names(Object.keys(await places(page)))).toEqual(expected));
  });

  it("hides in place: what stays does not move", async () => {
    const { page } = await open();
    await cards(page, 13);
    // A map that the reader has moved stays where it is; one that nobody touched is fitted to what it shows.
    await tabToMap(page);
    await page.keyboard.press("+");
    await hashIs(page, (parts) => expect(parts.has("at")).toBe(true));
    const before = await restingPlaces(page);
    await filterBox(page).fill("name:order-service depth:1");
    await until(async () => expect(Object.keys(await places(page)).length).toBeLessThan(13));
    for (const [id, place] of Object.entries(await restingPlaces(page))) expect(place).toEqual(before[id]);
    await filterBox(page).fill("");
    await cards(page, 13);
    expect(await restingPlaces(page)).toEqual(before);
  });

  it("says where and what is wrong, and keeps the last good picture", async () => {
    const { page } = await open("#filter=name:redis");
    await cards(page, 2);
    await filterBox(page).fill("name:redis prot:tcp");
    const error = page.getByRole("alert");
    await until(async () => expect(await error.textContent()).toContain("proto"));
    expect(await filterBox(page).getAttribute("aria-invalid")).toBe("true");
    await cards(page, 2);
    await filterBox(page).fill("name:redis proto:tcp");
    await until(async () => expect(await filterBox(page).getAttribute("aria-invalid")).not.toBe("true"));
  });

  it("completes keys and names as one types", async () => {
    const { page } = await open();
    await cards(page, 13);
    await filterBox(page).focus();
    await page.keyboard.type("ti");
    const options = page.getByRole("option");
    await until(async () => expect((await options.allTextContents()).join()).toContain("tier"));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await until(async () => expect(await filterBox(page).inputValue()).toMatch(/^tier:/));
    await until(async () => expect((await options.allTextContents()).join()).toContain("data"));
    await page.keyboard.type("da");
    await page.keyboard.press("Tab");
    await until(async () => expect(await filterBox(page).inputValue()).toMatch(/^tier:data/));
  });

  it("has a preset for what fails", async () => {
    const { page } = await open();
    await cards(page, 13);
    await page
      .getByRole("button", { name: /failing/i })
      .first()
      .click();
    await cards(page, 2);
    await hashIs(page, (parts) => expect(parts.get("filter")).toContain("failing"));
  });

  it("is the table's as well", async () => {
    const { page } = await open("#view=services&filter=name:service depth:0");
    await until(async () => expect(await page.locator("tbody tr").count()).toBe(7));
    await page
      .getByRole("columnheader", { name: /Service/ })
      .getByRole("button")
      .click();
    await until(async () =>
      expect(await page.locator("tbody tr").first().textContent()).toContain("inventory-service"),
    );
  });

  it("shows in one click what breaks when a service stops", async () => {
    const { page } = await open(`#node=${redis}`);
    await page
      .getByRole("button", { name: /breaks|depend on it/i })
      .first()
      .click();
    await until(async () => {
      const shown = Object.keys(await places(page));
      expect(shown).toContain(gateway);
      expect(shown).toContain(order);
      expect(shown.length).toBe(7);
    });
  });
});
