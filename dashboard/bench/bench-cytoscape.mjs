// The peer: Cytoscape.js on its canvas with the same graph at the same places, boxes, names and arrows, in the same browser.

import { build } from "esbuild";
import { newPage, startBrowser } from "../dev/browser.mjs";
import { generateGraph } from "../dev/generate-graph.mjs";
import { frameCount } from "./bench-frames.mjs";
import { cytoscapeScript } from "./bench-load.mjs";
import { look } from "./bench-run.mjs";

const card = { width: 196, height: 60 };

export async function cytoscapeFramesPerSecond(services, rounds) {
  const elements = await elementsOf(generateGraph(services));
  const browser = await startBrowser();
  try {
    const page = await newPage(browser, look);
    await page.setContent('<body style="margin:0"><div id="map" style="position:absolute;inset:0"></div></body>');
    await page.addScriptTag({ content: await cytoscapeScript() });
    await page.evaluate(show, { elements, card });
    const fps = [];
    for (let round = 0; round <= rounds; round++) fps.push(await page.evaluate(drive, frameCount));
    return fps.slice(1);
  } finally {
    await browser.close();
  }
}

/** Our own layout of the graph, so that both draw lines of the same length. */
async function elementsOf(graph) {
  const { freshPlacement, laneOf } = await ownLayout();
  const groupOf = (node) => node.namespace ?? "outside";
  const groups = [...new Set(graph.nodes.map(groupOf))].map((id) => ({ id, title: id, framed: true }));
  const nodes = graph.nodes.map((node) => ({ id: node.id, group: groupOf(node), lane: laneOf(node.tier), ...card }));
  const placement = freshPlacement({ groups, nodes, edges: graph.edges });
  return [
    ...groups.map(({ id }) => ({ data: { id, label: id }, classes: "group" })),
    ...graph.nodes.map((node) => ({
      data: { id: node.id, label: node.name, parent: groupOf(node) },
      position: placement.nodes.get(node.id),
    })),
    ...graph.edges.map(({ id, source, target }) => ({ data: { id, source, target } })),
  ];
}

async function ownLayout() {
  const lines = ["layout", "geometry"].map((name) => `export * from "./src/graph/layout/${name}";`).join("\n");
  const root = new URL("..", import.meta.url).pathname;
  const stdin = { contents: lines, resolveDir: root, loader: /** @type {const} */ ("ts") };
  const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

/** Runs in the page. */
async function show({ elements, card }) {
  const cytoscape = /** @type {any} */ (window).cytoscape;
  const cy = cytoscape({
    container: document.getElementById("map"),
    elements,
    layout: { name: "preset" },
    pixelRatio: 1,
    style: [
      {
        selector: "node",
        style: {
          shape: "round-rectangle",
          ...card,
          label: "data(label)",
          "text-valign": "center",
          "font-size": 14,
          "background-color": "#fff",
          "border-width": 1,
          "border-color": "#888",
        },
      },
      { selector: ".group", style: { "text-valign": "top", "background-color": "#f4f6f8" } },
      {
        selector: "edge",
        style: {
          width: 1.5,
          "curve-style": "bezier",
          "target-arrow-shape": "triangle",
          "line-color": "#6e7781",
          "target-arrow-color": "#6e7781",
        },
      },
    ],
  });
  cy.fit(undefined, 20);
  /** @type {any} */ (window).cy = cy;
  await new Promise((resolve) => cy.one("render", resolve));
}

/** Runs in the page: the same movements as on our map, by the library's own calls. */
function drive(frames) {
  const cy = /** @type {any} */ (window).cy;
  const { zoom, pan } = { zoom: cy.zoom(), pan: { ...cy.pan() } };
  const middle = { x: cy.width() / 2, y: cy.height() / 2 };
  return new Promise((resolve) => {
    let frame = 0;
    let started = 0;
    const half = frames / 2;
    const next = (now) => {
      if (frame === 0) started = now;
      if (frame === frames) {
        cy.viewport({ zoom, pan });
        return resolve((frames * 1000) / (now - started));
      }
      if (frame < half) {
        const turns = frame < half / 2 ? frame : half - frame;
        cy.zoom({ level: zoom * 1.02 ** turns, renderedPosition: middle });
      } else {
        const turn = ((frame - half) / half) * 2 * Math.PI;
        cy.pan({ x: pan.x + 120 * Math.sin(turn), y: pan.y + 80 * (1 - Math.cos(turn)) });
      }
      frame++;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
}
