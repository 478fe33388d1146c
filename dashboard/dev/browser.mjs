// Drives a Chromium of this machine over its debugging pipe (--remote-debugging-pipe: one JSON text and a zero byte for each
// message), which needs no package. See https://chromedevtools.github.io/devtools-protocol/.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian, Fedora and others put it; null when there is none. */
export const chromiumPath =
  [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
    (path) => path && existsSync(path),
  ) ?? null;

/** What the browser itself acts on goes by number. */
const keyCodes = { Enter: 13, Escape: 27, Tab: 9 };

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-pipe",
];

/** Starts a browser with one page. */
export async function startBrowser() {
  if (!chromiumPath) throw new Error("no Chromium here: install it, or set CHROMIUM to its path");
  const profile = await mkdtemp(join(tmpdir(), "tendril-chromium-"));
  const child = spawn(chromiumPath, [...flags, `--user-data-dir=${profile}`], {
    stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const call = messages(child.stdio[3], child.stdio[4]);
  const { targetId } = await call.send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await call.send("Target.attachToTarget", { targetId, flatten: true });
  const page = openPage(call, sessionId);
  await page.send("Emulation.setFocusEmulationEnabled", { enabled: true });
  for (const domain of ["Page", "Runtime", "Network", "Log"]) await page.send(`${domain}.enable`);
  return {
    page,
    async close() {
      child.kill("SIGKILL");
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function messages(input, output) {
  const waiting = new Map();
  const listeners = [];
  let last = 0;
  let rest = "";
  output.setEncoding("utf8").on("data", (text) => {
    const parts = (rest + text).split("\0");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      const message = JSON.parse(part);
      const answer = waiting.get(message.id);
      waiting.delete(message.id);
      if (!answer) for (const listener of listeners) listener(message);
      else if (message.error) answer.reject(new Error(message.error.message));
      else answer.resolve(message.result);
    }
  });
  const send = (method, params = {}, sessionId = undefined) =>
    new Promise((resolve, reject) => {
      waiting.set(++last, { resolve, reject });
      input.write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  return { send, listeners };
}

function openPage(call, sessionId) {
  const requests = [];
  const complaints = [];
  call.listeners.push(({ method, params }) => {
    if (method === "Network.requestWillBeSent") requests.push(params.request.url);
    if (method === "Runtime.exceptionThrown")
      complaints.push(params.exceptionDetails.exception?.description ?? "exception");
    if (method === "Log.entryAdded" && params.entry.level === "error") complaints.push(params.entry.text);
  });
  const send = (method, params = {}) => call.send(method, params, sessionId);
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return {
    send,
    /** Every address the page asked for. */
    requests,
    /** Exceptions, and what the content security policy refused. */
    complaints,
    evaluate,
    async open(url, { width = 1440, height = 900, dark = false, reducedMotion = true } = {}) {
      await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
      const features = [
        { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
        { name: "prefers-reduced-motion", value: reducedMotion ? "reduce" : "no-preference" },
      ];
      await send("Emulation.setEmulatedMedia", { features });
      await send("Page.navigate", { url: "about:blank" });
      await send("Page.navigate", { url });
    },
    /** Waits until the expression is true in the page, at most `ms`. */
    async until(expression, ms = 15_000) {
      const end = Date.now() + ms;
      while (!(await evaluate(`Boolean(${expression})`))) {
        if (Date.now() > end) throw new Error(`not true after ${ms} ms: ${expression}`);
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    },
    async press(key) {
      const text = key.length === 1 ? key : key === "Enter" ? "\r" : undefined;
      const windowsVirtualKeyCode = keyCodes[key];
      await send("Input.dispatchKeyEvent", { type: "keyDown", key, text, windowsVirtualKeyCode });
      await send("Input.dispatchKeyEvent", { type: "keyUp", key, windowsVirtualKeyCode });
    },
    async click(x, y) {
      for (const type of ["mousePressed", "mouseReleased"]) {
        await send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
      }
    },
    async screenshot() {
      return Buffer.from((await send("Page.captureScreenshot")).data, "base64");
    },
  };
}
