import { expect, it } from "vitest";
import { mix } from "./colours";
import { SvgSurface } from "./svg-surface";

it("writes paths, dashes and text, and nothing that XML does not allow", () => {
  const surface = new SvgSurface();
  const { pen } = surface;
  pen.beginPath();
  pen.moveTo(1, 2.005);
  pen.bezierCurveTo(1, 2, 3, 4, 5, 6);
  pen.strokeStyle = "#ff0000";
  pen.lineWidth = 2;
  pen.setLineDash([7, 5]);
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 0.5;
  pen.font = "600 13.5px system-ui";
  pen.fillText('<b>&"\u0007', 10, -0.001);
  surface.icon("M0 0h4", 1, 1, 2);
  const text = surface.document(100, 50, "a < b");
  expect(text).toContain(
    '<path d="M1 2.01C1 2 3 4 5 6" fill="none" stroke="#ff0000" stroke-width="2" stroke-dasharray="7 5"/>',
  );
  expect(text).toContain(
    '<text x="10" y="0" font-size="13.5" font-weight="600" fill="#000000" opacity="0.5">&lt;b&gt;&amp;&quot;</text>',
  );
  expect(text).toContain('transform="translate(1 1) scale(2)"');
  expect(text).toContain("<title>a &lt; b</title>");
  expect(text).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" width="100" height="50" viewBox="0 0 100 50"/);
});

it("a colour over another is opaque", () => {
  expect(mix("#ffffff", "#000000", 0.5)).toBe("#808080");
  expect(mix("#cf222e", "#f6f8fa", 1)).toBe("#cf222e");
});
