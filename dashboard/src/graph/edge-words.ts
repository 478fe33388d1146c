import type { EdgeReport, GraphEdge } from "../api/types";
import type { EdgePicture } from "./picture";
import { formatAge, formatBytes, formatExact, formatRate, plural } from "./units";

// What is said of an edge. Pure, so that every sentence can be tested.

/** "tcp :8002", "udp :53", "/run/app.sock". */
export function endpointText(edge: GraphEdge): string {
  return edge.transport === "unix" ? (edge.path ?? "unix") : `${edge.transport} :${edge.port}`;
}

/** The operator's "tcp/10.0.0.5:8002" as it is; of a Unix socket the path alone. */
export function endpointOf(text: string): string {
  return text.startsWith("unix/") ? text.slice("unix/".length) : text;
}

/** On the map, beside the line. */
export function labelOf({ rates, health, edge }: EdgePicture): string {
  if (health === "failing" && edge.connectionsOpened === 0) return neverOpened(edge);
  const opened = rates?.openedPerSecond ?? null;
  return opened === 0 && edge.connectionsActive > 0 ? `${edge.connectionsActive} open` : formatRate(opened);
}

function neverOpened(edge: GraphEdge): string {
  const reason = edge.lastFailure?.reason;
  return reason && reason !== "other" && reason !== "not told" ? `${reason}, never opened` : "never opened";
}

/** Reasons with their counts, the most frequent first; empty where the operator does not tell. */
export function failureReasons(edge: GraphEdge): { reason: string; count: number }[] {
  const failures = edge.failures;
  if (!failures) return [];
  const all = [
    { reason: "refused", count: failures.refused },
    { reason: "timed out", count: failures.timedOut },
    { reason: "unreachable", count: failures.unreachable },
    { reason: "given up by the client", count: failures.abandoned },
    { reason: "another reason, or none told", count: failures.other },
  ];
  return all.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}

/** "The last was refused 2 min ago."; empty where that is not known. */
export function lastFailureText(edge: GraphEdge, nowMs: number): string {
  if (!edge.lastFailure) return "";
  const age = formatAge(nowMs - Date.parse(edge.lastFailure.at));
  const { reason } = edge.lastFailure;
  if (reason === "abandoned") return `The last was given up by the client ${age} ago.`;
  if (reason === "other" || reason === "not told") return `The last failed ${age} ago.`;
  return `The last ${reason === "timed out" ? "" : "was "}${reason} ${age} ago.`;
}

/** What to look at, by the reason of the last failure. */
export function failureAdvice(edge: GraphEdge, server: string): string {
  const endpoint = edge.transport === "unix" ? (edge.path ?? "its socket") : `port ${edge.port}`;
  switch (edge.lastFailure?.reason) {
    case "refused":
      return `Its host answers, but nobody listens on ${endpoint}: look whether ${server} runs.`;
    case "timed out":
      return `Nothing answers on ${endpoint}: look whether the host of ${server} is up, and whether a firewall is between.`;
    case "unreachable":
      return `There is no way to ${server}: look at routes and at the network between.`;
    case "abandoned":
      return `The client gave up before there was an answer: ${server} or the way to it is slower than the client's own time limit.`;
    default:
      return `Look whether ${server} listens on ${endpoint}, and whether a firewall is between.`;
  }
}

/** "The client's agent on web-1 saw nginx (pid 812) connect to tcp/10.0.0.5:8002". */
export function reportText(report: EdgeReport, edge: GraphEdge): string {
  const { pid, comm } = report.process;
  const process = pid === null ? "a process that could not be told" : `${comm || "a process"} (pid ${pid})`;
  const place = report.networkNamespace === "0" ? "" : ` in network namespace ${report.networkNamespace}`;
  const udp = edge.transport === "udp";
  const deed =
    report.role === "server"
      ? `${udp ? "receive" : "accept"} at ${endpointOf(report.serverEndpoint)}${report.peer ? ` from ${report.peer}` : ""}`
      : `${udp ? "send" : "connect"} to ${endpointOf(report.serverEndpoint)}`;
  return `The ${report.role}'s agent on ${report.hostname} saw ${process}${place} ${deed}`;
}

/** What that end counted. */
export function reportCounts({ counters, counted }: EdgeReport, edge: GraphEdge): string {
  const parts = [`${formatExact(counters.opened)} opened`];
  if (counters.failed > 0) parts.push(`${formatExact(counters.failed)} failed`);
  parts.push(`${formatBytes(counters.bytesSent)} sent`, `${formatBytes(counters.bytesReceived)} received`);
  if (edge.transport === "udp") parts.push(plural(counters.datagramsSent + counters.datagramsReceived, "datagram"));
  return parts.join(", ") + (counted ? "" : "; not added, as the other end's report of them is");
}

/** How the other end was found. */
export function resolutionText({ role, resolvedBy }: EdgeReport): string {
  const other = role === "server" ? "The client" : "The server";
  switch (resolvedBy) {
    case "listener":
      return `${other} is who listens at that endpoint`;
    case "server's report":
      return `${other} is who reported to accept there`;
    case "client's report":
      return `${other} is who reported to connect there`;
    case "handshake":
      return `${other} is proved by the handshake's sequence numbers, which both ends saw`;
    case "address":
      return `Of ${other.toLowerCase()} only the address is known`;
    case "limit":
      return "Folded, as a limit was reached";
    default:
      return `${other} is named by the ${resolvedBy}`;
  }
}
