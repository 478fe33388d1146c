import { expect, it } from "vitest";
import { fitTo, leastScale, mostScale, placeOf, reveal, viewAt, zoomAt } from "./viewport";

const size = { width: 1000, height: 600 };
const box = { left: -500, top: 100, right: 3500, bottom: 1100 };

it("fitting shows all of it in the middle", () => {
  const { scale, x, y } = fitTo(box, size);
  expect(box.left * scale + x).toBeGreaterThanOrEqual(0);
  expect(box.right * scale + x).toBeLessThanOrEqual(size.width);
  expect((box.top + box.bottom) * 0.5 * scale + y).toBeCloseTo(size.height / 2);
});

it("a narrow screen keeps names legible and shows the left end", () => {
  const { scale, x } = fitTo(box, { width: 390, height: 700 });
  expect(scale).toBe(0.44);
  expect(box.left * scale + x).toBeCloseTo(7);
});

it("zooming keeps the point under the pointer, within limits", () => {
  const view = { scale: 1, x: 10, y: 20 };
  const at = { x: 300, y: 200 };
  const zoomed = zoomAt(view, 1.5, at);
  expect((at.x - zoomed.x) / zoomed.scale).toBeCloseTo((at.x - view.x) / view.scale);
  expect(zoomAt(view, 1000, at).scale).toBe(mostScale);
  expect(zoomAt(view, 0.0001, at).scale).toBe(leastScale);
});

it("a place of the address brings the same view back", () => {
  const view = { scale: 0.5, x: -120, y: 34 };
  expect(viewAt(placeOf(view, size), size)).toEqual(view);
});

it("revealing moves nothing that is in sight, and else as little as needed", () => {
  const view = { scale: 1, x: 0, y: 0 };
  expect(reveal(view, { left: 100, top: 100, right: 200, bottom: 200 }, size)).toBe(view);
  expect(reveal(view, { left: 1100, top: 100, right: 1200, bottom: 200 }, size)).toEqual({ scale: 1, x: -224, y: 0 });
});
