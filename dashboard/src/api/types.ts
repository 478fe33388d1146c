import type { components } from "./generated";

// The operator's answers by the names the page uses. Their fields are written once, in the operator: `npm run types` makes them
// of openapi.json. Times are RFC 3339 text here; the graph folder turns them into milliseconds once.

type Schemas = components["schemas"];
/** These fields an older operator does not tell; the page bears that, as it stays open while the operator is changed. */
type Older<T, Fields extends keyof T> = Omit<T, Fields> & Partial<Pick<T, Fields>>;

export type Rfc3339 = string;

export type NodeProcess = Schemas["NodeProcess"];
export type GraphNode = Older<Schemas["GraphNode"], "namespace">;
export type AgeState = GraphNode["state"];
export type Tier = GraphNode["tier"];

export type EdgeFailures = Schemas["EdgeFailures"];
export type LastFailure = Schemas["LastFailure"];
export type RttQuantiles = Schemas["RttQuantiles"];
export type GraphEdge = Older<
  Schemas["GraphEdge"],
  "failures" | "lastFailure" | "path" | "dialled" | "datagramsSent" | "datagramsReceived"
>;
export type Evidence = GraphEdge["evidence"];

export type GraphTotals = Schemas["GraphTotals"];
export type Capability = Older<Schemas["AgentCapability"], "since">;
export type SelfCheck = Schemas["AgentSelfCheck"];
export type ProgramCost = Schemas["AgentProgram"];
export type Limit = Schemas["LimitStatus"];
export type AgentStats = Older<Omit<Schemas["AgentStatus"], "capabilities">, "selfCheck" | "programs"> & {
  capabilities: Capability[];
};
export type OperatorStats = Older<Omit<Schemas["OperatorStats"], "agents" | "counterOverflows">, "limits"> & {
  agents: AgentStats[];
  /** A sum, or of an older operator one number for each map that was full. */
  counterOverflows: Schemas["OperatorStats"]["counterOverflows"] | Schemas["AgentStatus"]["counterOverflows"];
};

type Graph<T> = Omit<T, "nodes" | "edges" | "stats"> & {
  nodes: GraphNode[];
  edges: GraphEdge[];
  stats: OperatorStats;
};
export type GraphSnapshot = Graph<Schemas["GraphDocument"]>;
export type GraphChanges = Graph<Schemas["GraphChangesDocument"]>;
export type Heartbeat = Schemas["HeartbeatDocument"];

export type Impact = Schemas["ImpactDocument"];

/** What one agent counted of one end of an edge; bytes are seen from that end. */
export type EdgeReport = Schemas["EdgeReport"];
export type ConnectionSample = Schemas["ConnectionSample"];
/** GET /api/edges/{id}: why an edge is there. */
export type EdgeAnswer = Omit<Schemas["EdgeDocument"], "edge"> & { edge: GraphEdge };

/** POST /api/dependency-graph/export: exactly these nodes and edges. */
export type ExportRequest = Schemas["ExportRequest"];
export type ExportFormat = ExportRequest["format"];

/** One `flow` event of GET /api/flows?edge=ID. */
export type FlowEvent = Schemas["FlowDocument"];
export type LostFlows = Schemas["LostFlowsDocument"];
