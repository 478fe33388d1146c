// Serves dist and a fixture graph over the operator's contract, with the operator's content security policy. The browser test
// starts it; by hand: node dev/fixture-server.mjs 8080, then open the page with ?, see the test for what it can do.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { fixtureEdge, fixtureGraph } from "./fixture-graph.mjs";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/**
 * @param {{ port?: number, graph?: (seconds: number) => ReturnType<typeof fixtureGraph>, tickMs?: number, evidence?: boolean }} options
 *   tickMs 0: nothing is sent after the snapshot but by `push`.
 */
export async function startFixtureServer({ port = 0, graph = fixtureGraph, tickMs = 1000, evidence = true } = {}) {
  let seconds = 0;
  const streams = new Set();
  const resumedFrom = [];
  const send = (response, event, data) =>
    response.write(`id: 1-${data.version}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const push = (changes) => {
    for (const response of streams) send(response, "changes", changes);
  };
  const tick = () => {
    const fromVersion = graph(seconds).version;
    push({ ...graph(++seconds), fromVersion, removedNodes: [], removedEdges: [] });
  };
  const timer = tickMs > 0 ? setInterval(tick, tickMs) : undefined;

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    response.setHeader("content-security-policy", "default-src 'self'");
    if (path === "/api/stream") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      resumedFrom.push(request.headers["last-event-id"] ?? null);
      send(response, "snapshot", graph(seconds));
      streams.add(response);
      response.on("close", () => streams.delete(response));
    } else if (path === "/api/dependency-graph") json(response, graph(seconds));
    else if (path.startsWith("/api/edges/")) {
      const answer = fixtureEdge(graph(seconds), decodeURIComponent(path.slice("/api/edges/".length)));
      if (answer && evidence) json(response, answer);
      else response.writeHead(404, { "content-type": "application/problem+json" }).end('{"title":"Not found"}');
    } else if (path.startsWith("/api/services/"))
      json(response, impact(graph(seconds), decodeURIComponent(path.split("/")[3] ?? "")));
    else await file(response, path);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : port}/`,
    push,
    tick,
    /** The Last-Event-ID each stream came with. */
    resumedFrom,
    /** Ends the streams, as an operator that stops. */
    drop() {
      for (const response of streams) response.destroy();
    },
    async close() {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function json(response, body) {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function file(response, path) {
  const name = normalize(path === "/" ? "/index.html" : path);
  try {
    const body = await readFile(join(dist, name));
    response.writeHead(200, { "content-type": types[extname(name)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
}

function impact(graph, id) {
  const reach = (from, to) => {
    const found = new Set();
    const queue = [id];
    for (const at of queue) {
      for (const edge of graph.edges) {
        if (edge[from] !== at || found.has(edge[to])) continue;
        found.add(edge[to]);
        queue.push(edge[to]);
      }
    }
    return [...found].sort();
  };
  const cycles = [["process:order-service", "process:payment-service"], ["process:inventory-service"]];
  return { id, dependents: reach("target", "source"), dependencies: reach("source", "target"), cycles };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await startFixtureServer({ port: Number(process.argv[2] ?? 8080) });
  console.log(url);
}
