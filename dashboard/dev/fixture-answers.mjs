// Stand-ins for what the operator's C# computes from the graph: impact, exports, flow lines. Right in shape, simple in content.

/** GET api/services/{id}/impact */
export function impactOf(graph, id) {
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
  const [dependents, dependencies] = [reach("target", "source"), reach("source", "target")];
  const cycles = dependents.includes(id)
    ? [[id, ...dependents.filter((one) => dependencies.includes(one) && one !== id)]]
    : [];
  return { id, dependents, dependencies, cycles };
}

const contentTypes = {
  json: "application/json; charset=utf-8",
  dot: "text/vnd.graphviz; charset=utf-8",
  mermaid: "text/vnd.mermaid; charset=utf-8",
  csv: "text/csv; charset=utf-8; header=present",
};

/** POST api/dependency-graph/export: exactly these nodes and edges; an edge brings its ends along. Null: the request is wrong. */
export function exportOf(graph, { format, nodes, edges }) {
  const type = contentTypes[format];
  if (!type || !Array.isArray(nodes) || !Array.isArray(edges)) return null;
  const kept = graph.edges.filter((edge) => edges.includes(edge.id));
  const ids = new Set([...nodes, ...kept.flatMap((edge) => [edge.source, edge.target])]);
  const part = { ...graph, nodes: graph.nodes.filter((node) => ids.has(node.id)), edges: kept };
  return { type, text: writers[format](part) };
}

const quoted = (text) => JSON.stringify(text);

const writers = {
  json: (graph) => JSON.stringify(graph),
  dot: ({ nodes, edges }) =>
    [
      "digraph tendril {",
      ...nodes.map((node) => `  ${quoted(node.id)} [label=${quoted(node.name)}];`),
      ...edges.map((edge) => `  ${quoted(edge.source)} -> ${quoted(edge.target)};`),
      "}\n",
    ].join("\n"),
  mermaid({ nodes, edges }) {
    const keys = new Map(nodes.map((node, i) => [node.id, `n${i}`]));
    const known = edges.filter((edge) => keys.has(edge.source) && keys.has(edge.target));
    return [
      "flowchart LR",
      ...nodes.map((node) => `  ${keys.get(node.id)}["${node.name}"]`),
      ...known.map((edge) => `  ${keys.get(edge.source)} -->|"tcp/${edge.port}"| ${keys.get(edge.target)}`),
      "",
    ].join("\n");
  },
  csv: ({ edges }) =>
    ["source,target,port", ...edges.map((edge) => `${edge.source},${edge.target},${edge.port}`), ""].join("\r\n"),
};

/** One `flow` event of api/flows: a connection of the edge was opened, closed, or failed. */
export function flowOf(graph, edgeId, number) {
  const edge = graph.edges.find((one) => one.id === edgeId) ?? graph.edges[number % graph.edges.length];
  const end = (id) => ({ id, name: graph.nodes.find((node) => node.id === id)?.name ?? id });
  const kind = edge.connectionsFailed > 0 ? "failed" : number % 2 === 0 ? "opened" : "closed";
  const ended = kind === "closed";
  return {
    time: graph.time,
    kind,
    host: "shop-host",
    role: "client",
    client: end(edge.source),
    server: end(edge.target),
    local: `127.0.0.1:${40_000 + number}`,
    remote: `127.0.0.1:${edge.port}`,
    dialled: null,
    port: edge.port,
    transport: edge.transport,
    pid: 4100,
    comm: "shop",
    reason: kind === "failed" ? "refused" : null,
    bytesSent: ended ? 420 : null,
    bytesReceived: ended ? 5300 : null,
    rttMicros: ended ? 42 : null,
    durationMicros: ended ? 1800 : null,
  };
}
