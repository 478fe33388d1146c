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

/** POST api/dependency-graph/export: of the nodes and edges named, all of them when none are. Null: no such format. */
export function exportOf(graph, { format = "json", nodes, edges }) {
  const type = contentTypes[format];
  if (!type) return null;
  const part = {
    ...graph,
    nodes: graph.nodes.filter((node) => !nodes || nodes.includes(node.id)),
    edges: graph.edges.filter((edge) => !edges || edges.includes(edge.id)),
  };
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

/** One line of api/flows: a connection of the edge opened. */
export function flowOf(graph, edgeId, number) {
  const edge = graph.edges.find((one) => one.id === edgeId) ?? graph.edges[number % graph.edges.length];
  const name = (id) => graph.nodes.find((node) => node.id === id)?.name ?? id;
  return {
    time: graph.time,
    kind: ["opened", "closed", "failed"][edge.connectionsFailed > 0 ? 2 : number % 2],
    host: "shop-host",
    role: "client",
    client: edge.source,
    clientName: name(edge.source),
    server: edge.target,
    serverName: name(edge.target),
    transport: edge.transport,
    port: edge.port,
    local: `127.0.0.1:${40_000 + number}`,
    remote: `127.0.0.1:${edge.port}`,
    pid: 4100,
    comm: "shop",
    bytesSent: 420,
    bytesReceived: 5300,
    rttMicros: 42,
  };
}
