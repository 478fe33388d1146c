// What a reader waits for: the layout, the first map, and how much is sent for it.

import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { mapDrawn, medianOf, withBrowser, withFleet } from "./bench-run.mjs";

/** The first layout of a worker that was just loaded, in a browser that was just started and has nothing else to do. */
export async function layoutMs(services, repeats) {
  const { worker, message } = await withFleet({ services }, whatWasAsked, noteWhatIsAsked);
  return medianOf(repeats, () =>
    withBrowser(services, async (page, server) => {
      await page.route("**/empty", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
      await page.goto(`${server.url}empty`);
      return page.evaluate(answerTime, { worker: server.url + worker, message });
    }),
  );
}

/** In place of the page's own workers: notes what the page asks first, and hands it on. */
function noteWhatIsAsked() {
  globalThis.Worker = class extends Worker {
    postMessage(message) {
      globalThis.asked ??= { worker: new URL(this.address).pathname.slice(1), message };
      super.postMessage(message);
    }

    constructor(url, options) {
      super(url, options);
      this.address = String(url);
    }
  };
}

function whatWasAsked(page) {
  return page.evaluate(() => globalThis.asked);
}

/** Runs in the page. As there, the worker has rehearsed when it is asked. */
async function answerTime({ worker, message }) {
  const started = new Worker(worker, { type: "module" });
  await new Promise((resolve) => setTimeout(resolve, 500));
  return new Promise((resolve, reject) => {
    started.onerror = () => reject(new Error("the worker could not be loaded"));
    started.onmessage = ({ data }) => resolve(data.answer.milliseconds);
    started.postMessage(message);
  });
}

/** The same while the page that asks draws itself for the first time, and the browser compiles it: they share the processors. */
export function layoutInPageMs(services, repeats) {
  return medianOf(repeats, () =>
    withFleet({ services }, (page) =>
      page.evaluate(() => {
        const measures = performance.getEntriesByName("tendril:layout");
        if (measures.length === 0) throw new Error("the page measured no layout");
        return measures[0].duration;
      }),
    ),
  );
}

export function firstMapMs(services, repeats) {
  return medianOf(repeats, () => withFleet({ services, hash: "" }, mapDrawn));
}

/** Script and style that a first load asks for, in KB as brotli sends them. */
export function firstLoadKb() {
  return withFleet({ services: 200, hash: "" }, async (page, server) => {
    const sent = new Set();
    page.on("response", (response) => sent.add(response.url()));
    await page.reload();
    await mapDrawn(page);
    // Workers load by themselves; the browser lists what the page itself asked for, they list the rest.
    for (const worker of page.workers()) sent.add(worker.url());
    let bytes = 0;
    for (const url of sent) {
      if (!/\.(js|css)$/.test(new URL(url).pathname)) continue;
      const content = Buffer.from(await (await fetch(new URL(url).href)).arrayBuffer());
      bytes += brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
    }
    if (bytes === 0) throw new Error(`${server.url} sent no script`);
    return bytes / 1000;
  });
}

/** Cytoscape as it is sent to a browser. */
export async function cytoscapeScript() {
  return readFile(new URL("../node_modules/cytoscape/dist/cytoscape.min.js", import.meta.url), "utf8");
}
