// Frames a second while the whole map is panned and zoomed, by the browser's own frames.

import { restingMap, withFleet } from "./bench-run.mjs";

export const frameCount = 120;

/** Of so many rounds on one page, after one that warms up and shows that every frame draws. */
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
    await page.evaluate(countDrawing);
    await page.evaluate(drive, { ...map, frames: frameCount });
    const drawn = await page.evaluate(stopCounting);
    // Frames in which nothing was drawn are no frames.
    if (drawn < frameCount * 0.95) throw new Error(`only ${drawn} of ${frameCount} frames of the map were drawn`);
    const fps = [];
    for (let round = 0; round < rounds; round++) fps.push(await page.evaluate(drive, { ...map, frames: frameCount }));
    return fps;
  });
}

/** Runs in the page: counts the frames in which a canvas is cleared, filled or copied to. */
function countDrawing() {
  const prototype = CanvasRenderingContext2D.prototype;
  const originals = { clearRect: prototype.clearRect, fillRect: prototype.fillRect, drawImage: prototype.drawImage };
  const counted = { frames: 0, last: -1, restore: () => Object.assign(prototype, originals) };
  Object.assign(window, { counted });
  for (const [name, original] of Object.entries(originals)) {
    const counting = function (...rest) {
      const now = Number(document.timeline.currentTime);
      if (now !== counted.last) counted.frames++;
      counted.last = now;
      return Reflect.apply(original, this, rest);
    };
    Object.assign(prototype, { [name]: counting });
  }
}

function stopCounting() {
  const { counted } = /** @type {any} */ (window);
  counted.restore();
  return counted.frames;
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
