// How good the map's layout is and how long it takes, against ELK's layered layout with groups: `npm run bench:layout`.
// Writes docs/dashboard.md between its marks, and prints the medians in one line.

import { readFile, writeFile } from "node:fs/promises";
import ELK from "elkjs/lib/elk.bundled.js";
import { countCrossings, segmentsBetween } from "../src/graph/layout/crossings.ts";
import { extentOf } from "../src/graph/layout/geometry.ts";
import { freshPlacement } from "../src/graph/layout/layout.ts";
import { demoGraph, seededGraph } from "./layout-graphs.mjs";

const elk = new ELK();
const options = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.hierarchyHandling": "INCLUDE_CHILDREN",
};
/** As in our boxes. */
const padding = "[top=38,left=20,bottom=20,right=20]";

function ours(graph) {
  const start = performance.now();
  const placement = freshPlacement(graph);
  const ms = performance.now() - start;
  const { left, top, right, bottom } = extentOf(placement);
  return { ms, area: (right - left) * (bottom - top), points: placement.nodes };
}

async function elks(graph) {
  const children = graph.groups.map(({ id }) => ({
    id,
    layoutOptions: { "elk.padding": padding },
    children: graph.nodes
      .filter((node) => node.group === id)
      .map(({ id, width, height }) => ({ id: `n/${id}`, width, height })),
  }));
  const edges = graph.edges.map(({ id, source, target }) => ({
    id: `e/${id}`,
    sources: [`n/${source}`],
    targets: [`n/${target}`],
  }));
  const start = performance.now();
  const done = await elk.layout({ id: "root", layoutOptions: options, children, edges });
  const ms = performance.now() - start;
  const points = new Map();
  for (const group of done.children) {
    for (const node of group.children) {
      const point = { x: group.x + node.x + node.width / 2, y: group.y + node.y + node.height / 2 };
      points.set(node.id.slice(2), point);
    }
  }
  return { ms, area: done.width * done.height, points };
}

function crossings(graph, points) {
  const index = new Map(graph.nodes.map((node, i) => [node.id, i]));
  const at = (end) => Int32Array.from(graph.edges, (edge) => index.get(edge[end]));
  const along = (axis) => Float64Array.from(graph.nodes, (node) => points.get(node.id)[axis]);
  return countCrossings(segmentsBetween(at("source"), at("target"), along("x")), along("y"));
}

/** The fastest of so many runs of each, both warm: one run would measure the machine's other work. */
const runs = 5;

async function compare(name, graph) {
  const other = await elks(graph);
  for (let i = 1; i < runs; i++) other.ms = Math.min(other.ms, (await elks(graph)).ms);
  const mine = ours(graph);
  for (let i = 1; i < runs; i++) mine.ms = Math.min(mine.ms, ours(graph).ms);
  const [own, theirs] = [crossings(graph, mine.points), crossings(graph, other.points)];
  return {
    name,
    nodes: graph.nodes.length,
    edges: graph.edges.length,
    crossings: own,
    elkCrossings: theirs,
    // Nothing to nothing is as good.
    crossingsRatio: theirs === 0 ? (own === 0 ? 1 : Infinity) : own / theirs,
    areaRatio: mine.area / other.area,
    ms: mine.ms,
    elkMs: other.ms,
    timeRatio: mine.ms / other.ms,
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function range(values, digits) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`;
}

function table(sets) {
  const lines = [
    "| graphs | edges crossing, Tendril / ELK | times ELK's crossings | times ELK's area | Tendril, ms | ELK, ms |",
    "|---|---|---|---|---|---|",
  ];
  for (const [name, rows] of sets) {
    const of = (field) => rows.map((row) => row[field]);
    const count = rows.length === 1 ? "" : `${rows.length} × `;
    const [own, elk] = [median(of("crossings")), median(of("elkCrossings"))];
    lines.push(
      `| ${count}${name} | ${own} / ${elk} | ${range(of("crossingsRatio"), 2)} | ${range(of("areaRatio"), 2)} | ${range(of("ms"), 1)} | ${range(of("elkMs"), 0)} |`,
    );
  }
  return lines.join("\n");
}

const quick = process.argv.includes("--quick");
const seeds = (count) => Array.from({ length: quick ? 4 : count }, (_, i) => i + 1);
const sets = new Map();
// Both compiled before anything is measured.
for (let i = 0; i < 3; i++) await elks(seededGraph(100, 1.5, 0));
for (let i = 0; i < 50; i++) ours(seededGraph(100, 1.5, 0));
const all = [];
for (const [services, perService, count] of [
  [100, 1.5, 10],
  [100, 2.5, 10],
  [250, 1.5, 4],
  [250, 2.5, 4],
]) {
  const rows = [];
  for (const seed of seeds(count)) rows.push(await compare(`${seed}`, seededGraph(services, perService, seed)));
  sets.set(`${services} services, ${perService} edges each`, rows);
  all.push(...rows);
}
const demo = await compare("demo", await demoGraph());
sets.set("the demo", [demo]);
all.push(demo);

const text = table(sets);
console.log(text);
const of = (field) => median(all.map((row) => row[field]));
console.log(
  `crossings_ratio_median=${of("crossingsRatio").toFixed(2)} area_ratio_median=${of("areaRatio").toFixed(2)} time_ratio_median=${of("timeRatio").toFixed(4)}`,
);

if (!quick) {
  const file = new URL("../../docs/dashboard.md", import.meta.url);
  const page = await readFile(file, "utf8");
  const [begin, end] = ["<!-- layout table -->", "<!-- end of layout table -->"];
  const [head, rest] = page.split(begin);
  if (rest === undefined || !rest.includes(end)) throw new Error(`docs/dashboard.md has no marks ${begin} … ${end}`);
  await writeFile(file, `${head}${begin}\n${text}\n${end}${rest.split(end)[1]}`);
}
