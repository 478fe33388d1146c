import { foldedCount } from "../graph/coverage";
import { type GraphModel, sumOf } from "../graph/model";
import type { Picture } from "../graph/picture";
import { formatCount, formatExact, formatRate, plural } from "../graph/units";
import { address, go, step } from "./address";

export function Totals({ model, whole }: { model: GraphModel; whole: Picture }) {
  let rate: number | null = null;
  for (const { rates } of whole.edges.values()) if (rates) rate = (rate ?? 0) + rates.openedPerSecond;
  return (
    <p class="totals">
      <span>
        <b>{formatExact(whole.nodes.size)}</b> services
      </span>
      <span>
        <b>{formatExact(whole.edges.size)}</b> dependencies
      </span>
      <span title={`${formatExact(model.totals.connectionsOpened)} connections since the agents' first report`}>
        <b>{formatRate(rate)}</b> connections
      </span>
      <span>
        <b>{formatCount(model.totals.connectionsActive)}</b> open
      </span>
    </p>
  );
}

let beforeFailing = "";

/** Only what fails, and back to what was shown before. */
export function toggleFailing(): void {
  const { filter } = address.peek();
  const on = filter === "failing";
  if (!on) beforeFailing = filter;
  step({ filter: on ? beforeFailing : "failing" });
}

export function FailingChip({ whole }: { whole: Picture }) {
  const count = whole.failingEdges;
  const on = address.value.filter === "failing";
  if (count === 0 && !on) return null;
  return (
    <button
      type="button"
      class={count > 0 ? "chip is-failing" : "chip"}
      aria-pressed={on}
      title="Only these (p)"
      onClick={toggleFailing}
    >
      ◆ {formatExact(count)} <span class="word">failing</span>
    </button>
  );
}

/** How many look, and what of the picture is missing. */
export function AgentsChip({ model }: { model: GraphModel }) {
  const { agents, lostFlowEvents, counterOverflows } = model.stats;
  const connected = agents.filter((agent) => agent.connected).length;
  const overflows = sumOf(counterOverflows);
  const folded = foldedCount(model.stats.limits);
  const text = connected === agents.length ? plural(agents.length, "agent") : `${connected} of ${agents.length} agents`;
  const flaws = [
    overflows > 0 && `${formatCount(overflows)} counts lost`,
    overflows === 0 && lostFlowEvents > 0 && `${formatCount(lostFlowEvents)} events lost`,
    folded > 0 && `${formatCount(folded)} folded`,
  ].filter((flaw) => flaw !== false);
  return (
    <button
      type="button"
      class={connected < agents.length || overflows > 0 ? "chip agents-chip is-degraded" : "chip agents-chip"}
      title="Agents, what they can see, and what was lost"
      onClick={() => go({ view: "agents", wide: false })}
    >
      {text}
      {flaws.map((flaw) => (
        <span key={flaw} class="is-degraded">
          {" ▲ "}
          {flaw}
        </span>
      ))}
    </button>
  );
}
