import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";

// The built page is in git so that running the operator needs no Node; here it is held to be the page that the sources make.

const root = fileURLToPath(new URL("..", import.meta.url));
let fresh = "";
beforeAll(async () => {
  fresh = await mkdtemp(join(tmpdir(), "tendril-dist-"));
  // As npm run build does it: the test runner's own NODE_ENV would make another page.
  const { NODE_ENV: _, ...env } = process.env;
  const vite = join(root, "node_modules/vite/bin/vite.js");
  await promisify(execFile)(process.execPath, [vite, "build", "--outDir", fresh, "--emptyOutDir"], { cwd: root, env });
});
afterAll(() => rm(fresh, { recursive: true, force: true }));

it("the committed page is what the sources build; if not, run npm run build and commit dist", async () => {
  const [committed, built] = [await filesIn(join(root, "dist")), await filesIn(fresh)];
  expect([...committed.keys()]).toEqual([...built.keys()]);
  for (const [name, content] of built) expect(committed.get(name)?.equals(content), name).toBe(true);
});

it("the page is at most 75 KB as it is sent first, and 110 KB with all that is fetched when it is opened", async () => {
  const files = await filesIn(join(root, "dist"));
  const page = files.get("index.html")?.toString() ?? "";
  const sent = (names: string[]) =>
    names.reduce((sum, name) => sum + brotliCompressSync(files.get(name) ?? "").length, 0);
  // What the page names, and the layout's worker, without which no map is drawn.
  const first = [...files.keys()].filter(
    (name) => name === "index.html" || page.includes(name) || /\bworker-[^/]*\.js$/.test(name),
  );
  expect(first.length).toBeGreaterThanOrEqual(5);
  expect(sent(first)).toBeLessThanOrEqual(75_000);
  expect(sent([...files.keys()])).toBeLessThanOrEqual(110_000);
});

it("the page names no other address and has nothing inline", async () => {
  const files = await filesIn(join(root, "dist"));
  for (const [name, content] of files) {
    const addresses = content.toString().match(/https?:\/\/(?!www\.w3\.org\/|127\.0\.0\.1)[\w.-]+/g) ?? [];
    expect(addresses, name).toEqual([]);
  }
  const page = files.get("index.html")?.toString() ?? "";
  expect(page).not.toMatch(/<style|style=|<script(?![^>]*src=)|data:/);
});

async function filesIn(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  const files = await Promise.all(paths.map(async (path) => [relative(folder, path), await readFile(path)] as const));
  return new Map(files.sort(([a], [b]) => (a < b ? -1 : 1)));
}
