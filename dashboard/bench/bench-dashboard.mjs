// Measures the built dashboard and prints name=value, one a line. scripts/bench-dashboard.sh builds, runs this and keeps the table.
//
//   node bench/bench-dashboard.mjs [--quick] [--soak MINUTES] [--only NAME]...

import { parseArgs } from "node:util";
import { cytoscapeFramesPerSecond } from "./bench-cytoscape.mjs";
import { framesPerSecond } from "./bench-frames.mjs";
import { heapGrowthMb, longestTaskMs, movedPx } from "./bench-live.mjs";
import { firstLoadKb, firstMapMs, layoutInPageMs, layoutMs } from "./bench-load.mjs";
import { median } from "./bench-run.mjs";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    soak: { type: "string" },
    only: { type: "string", multiple: true, default: [] },
  },
});
const { quick } = values;
const loads = quick ? 3 : 7;
const rounds = quick ? 3 : 7;
const watched = quick ? 10 : 30;

/** @type {[string, () => Promise<number>, number][]} name, measurement, digits */
const figures = [
  ["layout_1000_ms", () => layoutMs(1000, loads), 1],
  ["layout_5000_ms", () => layoutMs(5000, quick ? 2 : 5), 1],
  ["layout_in_page_1000_ms", () => layoutInPageMs(1000, loads), 1],
  ["layout_in_page_5000_ms", () => layoutInPageMs(5000, quick ? 2 : 5), 1],
  ["fps_2000", frames("fps_2000", () => framesPerSecond(2000, rounds)), 1],
  ["fps_5000", frames("fps_5000", () => framesPerSecond(5000, rounds)), 1],
  ["cytoscape_fps_1000", frames("cytoscape_fps_1000", () => cytoscapeFramesPerSecond(1000, quick ? 1 : 3)), 1],
  ["fps_1000", frames("fps_1000", () => framesPerSecond(1000, rounds)), 1],
  ["moved_px", () => movedPx(500), 2],
  ["first_map_ms", () => firstMapMs(200, quick ? 3 : 5), 0],
  ["bundle_kb", firstLoadKb, 1],
  ["longest_task_expanded_ms", task("longest_task_expanded_ms", () => longestTaskMs(1000, "#expand", watched)), 1],
  ["longest_task_ms", task("longest_task_ms", () => longestTaskMs(1000, "", watched)), 1],
  ...(values.soak ? [soak(Number(values.soak))] : []),
];

for (const [name, measure, digits] of figures) {
  if (values.only.length > 0 && !values.only.includes(name)) continue;
  console.log(`${name}=${(await measure()).toFixed(digits)}`);
}

/** The median, with the slowest and fastest round beside it. */
function frames(name, measure) {
  return async () => {
    const fps = await measure();
    console.log(`${name}_lowest=${Math.min(...fps).toFixed(1)} ${name}_highest=${Math.max(...fps).toFixed(1)}`);
    return median(fps);
  };
}

function task(name, measure) {
  return async () => {
    const { wall, cpu } = await measure();
    console.log(`${name}_cpu=${cpu.toFixed(1)}`);
    return wall;
  };
}

/** @returns {[string, () => Promise<number>, number]} */
function soak(minutes) {
  if (!(minutes > 0)) throw new Error("--soak wants minutes");
  return ["heap_growth_mb", () => heapGrowthMb(1000, minutes), 2];
}
