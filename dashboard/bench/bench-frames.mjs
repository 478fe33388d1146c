// Frames a second while the whole map is panned and zoomed, by the browser's own frames.

import { restingMap, withFleet } from "./bench-run.mjs";

export const frameCount = 120;

/** Median of so many rounds on one page, the first of which is not counted. */
export function framesPerSecond(services, rounds) {
  return withFleet({ services }, async (page) => {
    await restingMap(page);
    const map = await page.evaluate(() => {
      const canvas = [...document.querySelectorAll("canvas")].sort((a, b) => b.clientWidth - a.clientWidth)[0];
      if (!canvas) throw new Error("there is no canvas");
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    });
    // A real mouse first: the page may capture it only then.
    await page.mouse.move(map.x, map.y);
    const before = page.url();
    const fps = [];
    for (let round = 0; round <= rounds; round++) fps.push(await page.evaluate(drive, { ...map, frames: frameCount }));
    await page
      .waitForFunction((url) => location.href !== url, before, { timeout: 10_000 })
      .catch(() => {
        throw new Error("panning and zooming did not move the map: the frames counted were empty");
      });
    return { fps: fps.slice(1), rounds: fps.length - 1 };
  });
}

/** Runs in the page: in every frame the wheel turns or the mouse drags, as fast as frames come. */
function drive({ x, y, frames }) {
  const target = document.elementFromPoint(x, y) ?? document.body;
  const mouse = (type, dx, dy, buttons) =>
    target.dispatchEvent(
      new PointerEvent(type, {
        bubbles: true,
        cancelable: true,
        pointerId: 1,
        pointerType: "mouse",
        isPrimary: true,
        button: type === "pointermove" ? -1 : 0,
        buttons,
        clientX: x + dx,
        clientY: y + dy,
      }),
    );
  const wheel = (deltaY) =>
    target.dispatchEvent(
      new WheelEvent("wheel", { bubbles: true, cancelable: true, deltaY, clientX: x, clientY: y, ctrlKey: false }),
    );
  return new Promise((resolve) => {
    let frame = 0;
    let started = 0;
    const half = frames / 2;
    const next = (now) => {
      if (frame === 0) started = now;
      if (frame === frames) {
        mouse("pointerup", 0, 0, 0);
        return resolve((frames * 1000) / (now - started));
      }
      // The first half zooms in and out again round where it began, the second draws a circle.
      if (frame < half) wheel(frame < half / 2 ? -20 : 20);
      else {
        const turn = ((frame - half) / half) * 2 * Math.PI;
        if (frame === half) mouse("pointerdown", 0, 0, 1);
        mouse("pointermove", 120 * Math.sin(turn), 80 * (1 - Math.cos(turn)), 1);
      }
      frame++;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}
