// What a page costs that is left open: its longest task while counters tick, how far a newcomer moves others, how its heap grows.

import { addedService } from "../dev/generate-graph.mjs";
import { restingMap, withFleet } from "./bench-run.mjs";

/**
 * The longest task of the page's main thread, in ms, while the operator tells of a thousand services once a second: by the
 * clock, and by the CPU time it took, which other programs of a busy machine do not lengthen.
 * @returns {Promise<{ wall: number, cpu: number }>}
 */
export function longestTaskMs(services, hash, seconds) {
  return withFleet({ services, hash, tickMs: 1000 }, async (page) => {
    await restingMap(page);
    const session = await page.context().newCDPSession(page);
    const events = [];
    session.on("Tracing.dataCollected", ({ value }) => events.push(...value));
    const complete = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
    await session.send("Tracing.start", { categories: "toplevel,disabled-by-default-devtools.timeline,__metadata" });
    await page.waitForTimeout(seconds * 1000);
    await session.send("Tracing.end");
    await complete;
    return longest(events);
  });
}

/** Of the renderer that had most to do: the browser itself has others. */
function longest(events) {
  const mains = events.filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain");
  const tasks = mains.map(({ pid, tid }) =>
    events.filter((event) => event.pid === pid && event.tid === tid && /RunTask$/.test(event.name) && event.ph === "X"),
  );
  const busiest = tasks.sort((a, b) => total(b) - total(a))[0] ?? [];
  if (busiest.length === 0) throw new Error("the trace has no task of the page");
  const most = (field) => Math.max(...busiest.map((task) => task[field] ?? 0)) / 1000;
  return { wall: most("dur"), cpu: most("tdur") };
}

function total(tasks) {
  return tasks.reduce((sum, task) => sum + task.dur, 0);
}

/** How far, in px of the screen, anything outside its group moves when one service comes. */
export function movedPx(services) {
  return withFleet({ services: services - 1, hash: "#expand&group=namespace" }, async (page, server, fleet) => {
    await restingMap(page);
    const before = await page.evaluate(places);
    if (Object.keys(before).length !== fleet.nodes.length) throw new Error("not every service has a button");
    const caller = fleet.nodes[Math.floor(fleet.nodes.length / 2)];
    const { node, edge } = addedService(caller);
    const gone = { removedNodes: [], removedEdges: [] };
    server.push({ ...fleet, fromVersion: 1, version: 2, nodes: [node], edges: [edge], ...gone });
    await page.locator(`[data-node=${JSON.stringify(node.id)}]`).waitFor({ state: "attached" });
    await restingMap(page);
    const after = await page.evaluate(places);
    const others = fleet.nodes.filter((other) => other.namespace !== caller.namespace);
    const far = ({ id }) => Math.hypot(after[id].x - before[id].x, after[id].y - before[id].y);
    return Math.max(...others.map(far));
  });
}

function places() {
  const found = {};
  for (const button of document.querySelectorAll("[data-node]")) {
    const { left, top } = button.getBoundingClientRect();
    found[/** @type {HTMLElement} */ (button).dataset.node ?? ""] = { x: left, y: top };
  }
  return found;
}

/** How many MB more the page keeps after so many minutes, garbage collected before both looks. */
export function heapGrowthMb(services, minutes) {
  return withFleet({ services, hash: "", tickMs: 1000 }, async (page) => {
    const session = await page.context().newCDPSession(page);
    const heap = async () => {
      await session.send("HeapProfiler.collectGarbage");
      return (await session.send("Runtime.getHeapUsage")).usedSize / 1e6;
    };
    // Rates look ten seconds back: what they keep is there from then on.
    await page.waitForTimeout(20_000);
    const before = await heap();
    await page.waitForTimeout(minutes * 60_000);
    return (await heap()) - before;
  });
}
