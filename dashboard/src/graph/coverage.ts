import type { AgentStats, Limit, ProgramCost, SelfCheck } from "../api/types";
import { formatCount, formatExact, plural } from "./units";

// How complete the picture is, in words.

/** "1,204 of 1,204 open connections explained (100 %)". Never rounded up to all. */
export function selfCheckText({ sockets, explained }: SelfCheck): string {
  if (sockets === 0) return "no connection was open";
  const percent = Math.floor((1000 * explained) / sockets) / 10;
  return `${formatExact(explained)} of ${plural(sockets, "open connection")} explained (${percent} %)`;
}

/** "1.2M runs of 148 ns": what one of the agent's BPF programs costs its kernel. */
export function costText({ runs, runTimeNs }: ProgramCost): string {
  return `${formatCount(runs)} ${runs === 1 ? "run" : "runs"} of ${formatExact(Math.round(runTimeNs / Math.max(1, runs)))} ns`;
}

/** What is missing from the counters, with the agent's option that helps. */
export function lossesOf(agent: AgentStats): string[] {
  const full = Object.entries(agent.counterOverflows ?? {})
    .filter(([, count]) => count > 0)
    .map(([map, count]) => overflowText(map, count));
  return agent.unattributed > 0
    ? [...full, `${plural(agent.unattributed, "connection")} whose process could not be told`]
    : full;
}

function overflowText(map: string, count: number): string {
  const connections = plural(count, "connection");
  if (map === "dependency_map") return `${connections} in no edge: the agent's --max-dependencies was reached`;
  if (map === "flow_map") return `${connections} not followed: the agent's --max-flows was reached`;
  if (map === "service_map")
    return `${plural(count, "listening endpoint")} not known: the agent's --max-listeners was reached`;
  if (map === "pid_map")
    return `${connections} without the address that was dialled: the agent's --max-connecting was reached`;
  if (map === "agent_dependencies") return `${connections} not counted: the agent's --max-dependencies was reached`;
  if (map === "agent_processes")
    return `${plural(count, "process", "processes")} known only as “other”: there were too many at once`;
  if (map === "agent_listeners")
    return `${plural(count, "listening endpoint")} that came and went unseen: there were too many between two reports`;
  if (map === "agent_names")
    return `${plural(count, "name")} of outside addresses forgotten before their time: there were too many`;
  if (map === "name_ring")
    return `${plural(count, "DNS answer or TLS hello", "DNS answers and TLS hellos")} not read: they came too fast`;
  return `${formatExact(count)} lost for want of room in ${map}`;
}

export function isReached({ folded, refused }: Limit): boolean {
  return folded + refused > 0;
}

/** What stands on the map for what is beyond a limit. */
const othersOf: Record<string, string> = {
  "--max-external": "other external addresses",
  "--max-addresses-per-service": "other addresses",
};

/** What was beyond it, and how to raise it. */
export function limitText({ flag, limit, folded, refused }: Limit): string {
  const outside = flag === "--max-external";
  const parts = [];
  if (folded > 0) {
    const what = outside
      ? plural(folded, "outside address", "outside addresses")
      : plural(folded, "dependency", "dependencies");
    parts.push(`${what} folded into “${othersOf[flag] ?? "other"}”`);
  }
  if (refused > 0) parts.push(`${formatExact(refused)} not taken`);
  return `${parts.join(", ")}: start the operator with a larger ${flag} (now ${formatExact(limit)}).`;
}

/** All that was folded, for the note that is always in sight. */
export function foldedCount(limits: readonly Limit[] | undefined): number {
  return (limits ?? []).reduce((sum, { folded }) => sum + folded, 0);
}
