import { expect, it } from "vitest";
import { fixtureGraph } from "../dev/fixture-graph.mjs";
import { describeInBrowser } from "./fixture-page";
import { cards, until } from "./map-page";

const told = (options: Parameters<typeof fixtureGraph>[1]) => ({
  graph: (seconds: number) => fixtureGraph(seconds, options),
});

function updatedAfterOneSecond(seconds: number) {
  const graph = fixtureGraph(seconds);
  return { ...graph, stats: { ...graph.stats, version: seconds === 0 ? "0.1.0" : "0.2.0" } };
}

describeInBrowser("a state of its own for", ({ open }) => {
  it.each([
    ["no agent, with the command to run", "", told({ agents: 0, empty: true }), /sudo tendril-agent/],
    ["agents without traffic, with where and since when", "", told({ empty: true }), /shop-host.*1 h/s],
    ["loading", "", { silent: true }, /Asking|Connecting|Loading/],
    ["an operator that cannot be reached", "", { refuse: 503 }, /503.*256 clients.*Try now/s],
    ["a filter that hides all", "#filter=nothing-like-this", {}, /13 services hidden.*nothing-like-this.*Clear/s],
    ["hosts that are silent", "", told({ agents: 3, silent: 2 }), /1 of 3 agents/],
    ["lost events: counts are lower bounds", "", told({ lostFlowEvents: 1200 }), /1.2k events lost/],
    ["what limits fold", "", told({ folded: 3412 }), /3.4k folded/],
    ["no agent that is connected any more", "", told({ agents: 2, silent: 2 }), /No agent is connected/],
  ])("%s", async (_, hash, options, text) => {
    const { page, complaints } = await open(hash, options);
    await until(async () => expect(await page.locator("body").textContent()).toMatch(text));
    expect(complaints).toEqual([]);
  });

  it("an operator that was updated under the page", async () => {
    const { page, server } = await open("", { graph: updatedAfterOneSecond });
    await cards(page, 13);
    server.tick();
    await until(async () =>
      expect(await page.locator(".banner").textContent()).toMatch(/updated.*0\.1\.0.*0\.2\.0.*Reload/s),
    );
  });

  it("a browser that cannot draw, with the table in place of the map", async () => {
    const { page } = await open("", {
      before: (page) => page.addInitScript(() => Reflect.deleteProperty(window, "Worker")),
    });
    await until(async () => expect(await page.locator("tbody tr").count()).toBe(13));
    expect(await page.locator(".banner").textContent()).toMatch(/cannot draw/);
  });

  it("a filter that hides all has a way out", async () => {
    const { page } = await open("#filter=nothing-like-this");
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await cards(page, 13);
  });

  it("an operator that comes back needs no reload", async () => {
    const { page, server } = await open("", { refuse: 503 });
    await page.getByRole("button", { name: "Try now" }).waitFor();
    // It asks again by itself, so the button may be gone before a click.
    server.faults.refuse = 0;
    await cards(page, 13);
  });
});
