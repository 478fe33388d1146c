import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { chromiumPath, newPage, startBrowser, watch } from "../dev/browser.mjs";
import { type FixtureOptions, startFixtureServer } from "../dev/fixture-server.mjs";

// The built page in a real browser, against a server that speaks the operator's contract under the operator's policy.

export type Server = Awaited<ReturnType<typeof startFixtureServer>>;
export type Look = Parameters<typeof newPage>[1];
export type Opened = { page: Page; server: Server; requests: string[]; complaints: string[] };

export interface Fixture {
  /** A new page at the hash of a new server, which ticks only when told to. `before` runs before the page loads. */
  open(
    hash?: string,
    options?: FixtureOptions & { before?: (page: Page, server: Server) => Promise<unknown> },
    look?: Look,
  ): Promise<Opened>;
  /** One more page, of a server that is there. */
  openMore(url: string, look?: Look): Promise<Page>;
}

/** A describe with one browser; skipped where there is none. Each test's pages and servers end with it. */
export function describeInBrowser(name: string, tests: (fixture: Fixture) => void): void {
  describe.skipIf(!chromiumPath)(name, () => {
    let browser: Browser;
    let servers: Server[] = [];
    beforeAll(async () => {
      browser = await startBrowser();
    });
    afterAll(() => browser?.close());
    afterEach(async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
      await Promise.all(servers.map((server) => server.close()));
      servers = [];
    });

    tests({
      async open(hash = "", { before, ...options } = {}, look = {}) {
        const server = await startFixtureServer({ tickMs: 0, ...options });
        servers.push(server);
        const page = await newPage(browser, look);
        page.setDefaultTimeout(15_000);
        const watched = watch(page);
        await before?.(page, server);
        await page.goto(server.url + hash);
        return { page, server, ...watched };
      },
      async openMore(url, look = {}) {
        const page = await newPage(browser, look);
        await page.goto(url);
        return page;
      },
    });
  });
}
