// Starts this machine's own Chromium under Playwright, which downloads none. The same flags for tests, benchmark and screenshots:
// figures are only compared within one set of flags.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

/** Where Debian, Fedora and others put it; null when there is none. */
export const chromiumPath =
  [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    (path) => path && existsSync(path),
  ) ?? null;

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @param {string[]} more flags */
export async function startBrowser(more = []) {
  if (!chromiumPath) throw new Error("no Chromium here: install it, or set CHROMIUM to its path");
  return chromium.launch({ executablePath: chromiumPath, args: [...flags, ...more] });
}

/** A page with storage of its own; closing its context ends it. */
export async function newPage(
  browser,
  { width = 1440, height = 900, dark = false, reducedMotion = true, touch = false } = {},
) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
    hasTouch: touch,
  });
  return context.newPage();
}

/** What a page asks for and complains about, from now on. */
export function watch(page) {
  /** @type {string[]} Every address asked for. */
  const requests = [];
  /** @type {string[]} Exceptions, and what the content security policy refused. */
  const complaints = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    // That a server is gone is what some tests are about, and no fault of the page.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  return { requests, complaints };
}
