import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeInBrowser } from "./fixture-page";
import { cards, restingPlaces } from "./map-page";

describeInBrowser("an export", ({ open }) => {
  it("as SVG is well-formed, the same twice, and has every name", async () => {
    const { page } = await open();
    await cards(page, 13);
    await restingPlaces(page);
    const [first, second] = [await exported(page, "SVG"), await exported(page, "SVG")];
    expect(first.name).toMatch(/\.svg$/);
    expect(first.bytes.equals(second.bytes)).toBe(true);
    const text = first.bytes.toString("utf8");
    const error = await page.evaluate(
      (svg) => new DOMParser().parseFromString(svg, "image/svg+xml").querySelector("parsererror")?.textContent ?? null,
      text,
    );
    expect(error).toBeNull();
    for (const name of ["gateway", "order-service", "redis"]) expect(text).toContain(name);
    expect(text).not.toMatch(/<script|href="http/);
  });

  it("as PNG is one, as large as the picture", async () => {
    const { page } = await open();
    await cards(page, 13);
    await restingPlaces(page);
    const { name, bytes } = await exported(page, "PNG");
    expect(name).toMatch(/\.png$/);
    expect(bytes.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    expect(width).toBeGreaterThan(400);
    expect(height).toBeGreaterThan(200);
  });

  it.each([
    ["DOT", /\.(dot|gv)$/, /^digraph tendril/],
    ["Mermaid", /\.(mmd|mermaid)$/, /^flowchart LR/],
    ["CSV", /\.csv$/, /^source,target/],
    ["JSON", /\.json$/, /"nodes":/],
  ])("as %s is what the operator writes of what is shown", async (format, ending, start) => {
    const { page, server } = await open("#filter=name:redis");
    await cards(page, 2);
    const { name, bytes } = await exported(page, format);
    expect(name).toMatch(ending);
    expect(bytes.toString("utf8")).toMatch(start);
    expect(server.exports).toHaveLength(1);
    expect(server.exports[0].nodes.sort()).toEqual(["process:product-service", "process:redis"]);
    expect(server.exports[0].edges).toEqual(["process:product-service>process:redis/tcp/6379"]);
  });
});

async function exported(page: Page, format: string) {
  const item = page.getByRole("menuitem", { name: format }).or(page.getByRole("button", { name: format, exact: true }));
  if (!(await item.first().isVisible()))
    await page
      .getByRole("button", { name: /export|save/i })
      .first()
      .click();
  const [download] = await Promise.all([page.waitForEvent("download"), item.first().click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}
