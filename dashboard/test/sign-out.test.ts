import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { describeInBrowser, type Server } from "./fixture-page";

/** As after a visit of the page that one signs in at. */
async function signIn(page: Page, server: Server): Promise<void> {
  await page.context().addCookies([
    {
      name: "__Host-tendril-signed-in",
      value: "1",
      url: server.url.replace("http:", "https:"),
      secure: true,
      sameSite: "Strict",
    },
  ]);
}

describeInBrowser("signing out", ({ open }) => {
  it.each([
    ["on a wide screen", 1440],
    ["on a narrow one", 390],
  ])("ends the session and goes to where one signs in, %s", async (_, width) => {
    const { page } = await open("", { before: signIn }, { width });
    const asked: string[] = [];
    await page.route(/sign-(out|in)$/, (route) => {
      asked.push(`${route.request().method()} ${new URL(route.request().url()).pathname}`);
      return route.fulfill({ contentType: "text/html", body: "<!doctype html><h1>Sign in</h1>" });
    });
    if (width < 500) {
      await page.getByRole("button", { name: "More" }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).click();
    } else {
      await page.getByRole("button", { name: "Sign out" }).click();
    }
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(asked).toEqual(["POST /sign-out", "GET /sign-in"]);
  });

  it("is not offered where nobody signed in", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Help" }).waitFor();
    expect(await page.getByRole("button", { name: "Sign out" }).count()).toBe(0);
  });
});
