import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";

// What tests see of the map: the buttons that mirror what is drawn.

export const order = "process:order-service";
export const gateway = "process:gateway";
export const redis = "process:redis";

/** Where each card is: map units, and px on the screen. */
export type Places = Record<string, { x: number; y: number; left: number; top: number }>;

export function card(page: Page, id: string): Locator {
  return page.locator(`[data-node=${JSON.stringify(id)}]`);
}

export async function cards(page: Page, count: number): Promise<void> {
  await until(async () => {
    expect(await page.locator("[data-node]").count()).toBe(count);
  });
}

export async function places(page: Page): Promise<Places> {
  return page.evaluate(() => {
    const found: Record<string, { x: number; y: number; left: number; top: number }> = {};
    for (const button of document.querySelectorAll<HTMLElement>("[data-node]")) {
      const { left, top } = button.getBoundingClientRect();
      found[button.dataset.node ?? ""] = { x: Number(button.dataset.x), y: Number(button.dataset.y), left, top };
    }
    return found;
  });
}

/** The places once they are the same in two frames that follow each other. */
export async function restingPlaces(page: Page): Promise<Places> {
  let last = JSON.stringify(await places(page));
  await until(async () => {
    await frames(page, 2);
    const now = JSON.stringify(await places(page));
    const same = now === last;
    last = now;
    expect(same).toBe(true);
  });
  return JSON.parse(last);
}

export function frames(page: Page, count: number): Promise<void> {
  return page.evaluate(
    (left) =>
      new Promise<void>((resolve) => {
        let n = left;
        const next = () => (n-- > 0 ? requestAnimationFrame(next) : resolve());
        next();
      }),
    count,
  );
}

/** Tries until it does not throw, at most so long; then its error is the test's. */
export async function until(check: () => Promise<void>, ms = 15_000): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

export async function focusedNode(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset.node);
}

/** Goes to the map as one without a mouse does. */
export async function tabToMap(page: Page): Promise<string> {
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press("Tab");
    const node = await focusedNode(page);
    if (node) return node;
  }
  throw new Error("40 presses of Tab do not lead to the map");
}

/** The address as the page writes it. */
export async function hashIs(page: Page, check: (parts: URLSearchParams) => void): Promise<void> {
  await until(async () => check(new URLSearchParams(new URL(page.url()).hash.slice(1))));
}

export function panel(page: Page): Locator {
  return page.locator(".panel");
}

export function filterBox(page: Page): Locator {
  return page.locator("header input").first();
}
