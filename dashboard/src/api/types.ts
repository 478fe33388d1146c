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
  inCycle: boolean;
  firstSeen: Rfc3339;
  lastSeen: Rfc3339;
  tags: Record<string, string>;
}

export interface RttQuantiles {
  p50: number;
  p99: number;
}

export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  transport: string;
  port: number;
  connectionsOpened: number;
  connectionsFailed: number;
  connectionsClosed: number;
  connectionsActive: number;
  bytesSent: number;
  bytesReceived: number;
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
