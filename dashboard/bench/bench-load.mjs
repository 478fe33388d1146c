// What a reader waits for: the layout, the first map, and how much is sent for it.

import { readFile } from "node:fs/promises";
import { brotliCompressSync, constants } from "node:zlib";
import { mapDrawn, medianOf, withFleet } from "./bench-run.mjs";

/** The first whole layout of a page that was just loaded, as its worker measures it. */
export function layoutMs(services, repeats) {
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
