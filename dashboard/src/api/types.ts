// The operator's answers, field by field as src/Tendril.Graph/GraphSnapshot.cs writes them (camelCase, null fields written).
// Times are RFC 3339 text here; the graph folder turns them into milliseconds once.

export type Rfc3339 = string;
export type AgeState = "active" | "idle" | "gone";
export type Tier = "edge" | "service" | "data" | "external";
export type Evidence = "client" | "server" | "both";

export interface NodeProcess {
  pid: number;
  comm: string;
  exe: string;
  host: string;
  alive: boolean;
}

export interface GraphNode {
  id: string;
  name: string;
  kind: string;
  tier: Tier;
  ip: string | null;
  port: number | null;
  endpoints: string[];
  hosts: string[];
  processes: NodeProcess[];
  state: AgeState;
  namedBy: string;
  /** Kubernetes namespace, compose project or systemd slice; null where there is none. */
  namespace?: string | null;
  inCycle: boolean;
  firstSeen: Rfc3339;
  lastSeen: Rfc3339;
  tags: Record<string, string>;
}

export interface RttQuantiles {
  p50: number;
  p99: number;
}

export interface EdgeFailures {
  refused: number;
  timedOut: number;
  unreachable: number;
  abandoned: number;
  other: number;
}

export interface LastFailure {
  reason: "refused" | "timed out" | "unreachable" | "abandoned" | "other" | "not told";
  at: Rfc3339;
}

/** Optional is what an older operator does not tell. */
export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  transport: string;
  port: number;
  connectionsOpened: number;
  connectionsFailed: number;
  failures?: EdgeFailures;
  lastFailure?: LastFailure | null;
  connectionsClosed: number;
  connectionsActive: number;
  bytesSent: number;
  bytesReceived: number;
  datagramsSent?: number;
  datagramsReceived?: number;
  /** Of a Unix socket. */
  path?: string | null;
  /** What clients asked for, where another endpoint answered: "tcp/10.96.0.1:443". */
  dialled?: string[];
  retransmits: number;
  rttMicros: RttQuantiles | null;
  strength: number;
  evidence: Evidence;
  state: AgeState;
  firstSeen: Rfc3339;
  lastSeen: Rfc3339;
}

export interface GraphTotals {
  nodes: number;
  edges: number;
  connectionsOpened: number;
  connectionsFailed: number;
  connectionsClosed: number;
  connectionsActive: number;
  bytesSent: number;
  bytesReceived: number;
  retransmits: number;
}

export interface Capability {
  name: string;
  available: boolean;
  detail: string | null;
  since?: Rfc3339 | null;
}

/** The agent compared the kernel's table of open connections with what it follows. */
export interface SelfCheck {
  time: Rfc3339;
  sockets: number;
  explained: number;
  share: number;
}

export interface Limit {
  flag: string;
  limit: number;
  used: number;
  /** Shown as part of a node of kind "other". */
  folded: number;
  refused: number;
}

export interface AgentStats {
  hostId: string;
  hostname: string;
  agentVersion: string;
  kernel: string;
  connected: boolean;
  startedAt: Rfc3339;
  lastSeen: Rfc3339;
  scope: string | null;
  capabilities: Capability[];
  lostFlowEvents: number;
  suppressedFlowEvents: number;
  counterOverflows: Record<string, number>;
  unattributed: number;
  wire: { interface: string; packets: number; bytes: number; connections: number }[];
  selfCheck?: SelfCheck | null;
}

export interface OperatorStats {
  version: string;
  startedAt: Rfc3339;
  agents: AgentStats[];
  lostFlowEvents: number;
  suppressedFlowEvents: number;
  /** A sum, or one number for each map that was full. */
  counterOverflows: number | Record<string, number>;
  unattributedConnections: number;
  limits?: Limit[];
}

export interface GraphSnapshot {
  version: number;
  time: Rfc3339;
  nodes: GraphNode[];
  edges: GraphEdge[];
  totals: GraphTotals;
  stats: OperatorStats;
}

export interface GraphChanges extends GraphSnapshot {
  fromVersion: number;
  removedNodes: string[];
  removedEdges: string[];
}

export interface Heartbeat {
  time: Rfc3339;
  version: number;
}

export interface Impact {
  id: string;
  dependents: string[];
  dependencies: string[];
  cycles: string[][];
}

export interface EdgeEnd {
  id: string;
  name: string;
  kind: string;
  namedBy: string;
}

/** What one agent counted of one end of an edge; bytes are seen from that end. */
export interface EdgeReport {
  hostname: string;
  role: "client" | "server";
  process: { number: number; pid: number | null; comm: string | null; exe: string | null };
  /** "0" is the host's own. */
  networkNamespace: string;
  serverEndpoint: string;
  peer: string | null;
  dialled: string[];
  serverName: string | null;
  /** False where the other end's report of the same connections counts. */
  counted: boolean;
  counters: {
    opened: number;
    failed: number;
    closed: number;
    bytesSent: number;
    bytesReceived: number;
    datagramsSent: number;
    datagramsReceived: number;
  };
  firstSeen: Rfc3339;
  lastSeen: Rfc3339;
  resolvedBy: string;
  since: Rfc3339 | null;
}

export interface ConnectionSample {
  time: Rfc3339;
  host: string;
  role: "client" | "server";
  local: string;
  remote: string;
  dialled: string | null;
  pid: number;
  comm: string;
  rttMicros: number | null;
}

/** GET /api/edges/{id}: why an edge is there. */
export interface EdgeAnswer {
  edge: GraphEdge;
  source: EdgeEnd;
  target: EdgeEnd;
  reports: EdgeReport[];
  reportsLeftOut: number;
  samples: ConnectionSample[];
}

export type ExportFormat = "json" | "csv" | "dot" | "mermaid";

/** POST /api/dependency-graph/export: exactly these nodes and edges. */
export interface ExportRequest {
  format: ExportFormat;
  nodes: string[];
  edges: string[];
}

/** One `flow` event of GET /api/flows?edge=ID: a connection was opened, closed, or failed. */
export interface FlowEvent {
  time: Rfc3339;
  kind: string;
  host: string;
  role: string;
  local: string;
  remote: string;
  dialled: string | null;
  port: number;
  transport: string;
  pid: number;
  comm: string;
  reason: string | null;
  bytesSent: number | null;
  bytesReceived: number | null;
  rttMicros: number | null;
  durationMicros: number | null;
}
