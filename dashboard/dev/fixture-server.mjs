// Serves dist and a made-up graph over the operator's contract, with the operator's content security policy. The browser tests
// and the benchmark start it; by hand, with the small graph or with a fleet of any size:
//
//   node dev/fixture-server.mjs 8080
//   node dev/fixture-server.mjs 8080 --services 2000 --edges-per-service 2.5 --seed 1 --failing 0.01

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { exportOf, flowOf, impactOf } from "./fixture-answers.mjs";
import { fixtureEdge, fixtureGraph } from "./fixture-graph.mjs";
import { generateGraph } from "./generate-graph.mjs";
import { growing, growingFleet } from "./growing-graph.mjs";

const built = process.env.TENDRIL_DIST ?? fileURLToPath(new URL("../dist", import.meta.url));
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/**
 * @typedef {object} FixtureOptions
 * @property {number} [port]
 * @property {(seconds: number) => ReturnType<typeof fixtureGraph>} [graph] a small graph, as of so many seconds
 * @property {ReturnType<typeof generateGraph>} [fleet] a generated graph instead
 * @property {number} [tickMs] 0: nothing is sent after the snapshot but by `push` and `tick`
 * @property {boolean} [evidence] false: an operator that cannot tell why an edge is there
 * @property {boolean} [silent] the stream opens and says nothing
 * @property {number} [refuse] the status every stream is refused with
 * @property {string} [dist] the folder of the built page
 */

/** @param {FixtureOptions} options */
export async function startFixtureServer(options = {}) {
  const { port = 0, graph = fixtureGraph, fleet, tickMs = 1000, evidence = true, dist = built } = options;
  const source = fleet ? growingFleet(fleet) : growing(graph);
  let seconds = 0;
  const streams = new Set();
  const flows = new Set();
  const resumedFrom = [];
  const exports = [];
  const sent = { snapshot: 0, changes: 0, heartbeat: 0 };
  const faults = { refuse: options.refuse ?? 0, silent: options.silent ?? false };

  const send = (response, event, data) => {
    sent[event]++;
    response.write(`id: 1-${data.version}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const push = (changes) => {
    for (const response of streams) send(response, "changes", changes);
  };
  const tick = () => {
    push(source.between(seconds, seconds + 1));
    seconds++;
    for (const { response, edge } of flows) {
      response.write(`event: flow\ndata: ${JSON.stringify(flowOf(source.at(seconds), edge, seconds))}\n\n`);
    }
  };
  const timer = tickMs > 0 ? setInterval(tick, tickMs) : undefined;

  /** What a follower gets first: what it missed when it says where it stopped, the whole graph when not. */
  function follow(response, lastEventId) {
    resumedFrom.push(lastEventId);
    const had = Number(/^1-(\d+)$/.exec(lastEventId ?? "")?.[1] ?? Number.NaN) - 1;
    if (faults.silent) response.write(": nothing yet\n\n");
    else if (had === seconds) send(response, "heartbeat", { time: source.at(seconds).time, version: seconds + 1 });
    else if (had < seconds) send(response, "changes", source.between(had, seconds));
    else send(response, "snapshot", source.at(seconds));
    streams.add(response);
    response.on("close", () => streams.delete(response));
  }

  const server = createServer(async (request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("content-security-policy", "default-src 'self'");
    if (path === "/api/stream") {
      if (faults.refuse) return problem(response, faults.refuse, "Busy", "256 clients follow the stream already");
      openStream(response);
      follow(response, request.headers["last-event-id"] ?? null);
    } else if (path === "/api/flows") {
      const flow = { response: openStream(response), edge: searchParams.get("edge") ?? "" };
      send(response, "heartbeat", { time: source.at(seconds).time, version: seconds + 1 });
      flows.add(flow);
      response.on("close", () => flows.delete(flow));
    } else if (path === "/api/dependency-graph/export") {
      const asked = await body(request);
      exports.push(asked);
      const answer = exportOf(source.at(seconds), asked);
      if (!answer) return problem(response, 400, "Invalid", "format, nodes, edges");
      response.writeHead(200, { "content-type": answer.type }).end(answer.text);
    } else if (path === "/api/dependency-graph") json(response, source.at(seconds));
    else if (path.startsWith("/api/edges/")) {
      const answer = fixtureEdge(source.at(seconds), decodeURIComponent(path.slice("/api/edges/".length)));
      if (answer && evidence) json(response, answer);
      else problem(response, 404, "Not found", undefined);
    } else if (path.startsWith("/api/services/"))
      json(response, impactOf(source.at(seconds), decodeURIComponent(path.split("/")[3] ?? "")));
    else await file(response, dist, path);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : port}/`,
    push,
    tick,
    faults,
    /** How many of each event were sent, to all streams together. */
    sent,
    /** The bodies of all exports asked for. */
    exports,
    /** The Last-Event-ID each stream came with. */
    resumedFrom,
    /** How many follow now. */
    followers: () => streams.size,
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

function openStream(response) {
  return response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
}

function json(response, document) {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document));
}

function problem(response, status, title, detail) {
  response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify({ title, detail }));
}

async function body(request) {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

async function file(response, dist, path) {
  const name = normalize(path === "/" ? "/index.html" : path);
  try {
    const content = await readFile(join(dist, name));
    response.writeHead(200, { "content-type": types[extname(name)] ?? "application/octet-stream" }).end(content);
  } catch {
    response.writeHead(404).end();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      services: { type: "string" },
      "edges-per-service": { type: "string", default: "2.5" },
      seed: { type: "string", default: "1" },
      failing: { type: "string", default: "0.01" },
    },
  });
  const options = {
    edgesPerService: Number(values["edges-per-service"]),
    seed: Number(values.seed),
    failing: Number(values.failing),
  };
  const fleet = values.services ? { fleet: generateGraph(Number(values.services), options) } : {};
  const { url } = await startFixtureServer({ port: Number(positionals[0] ?? 8080), ...fleet });
  console.log(url);
}
