import type { ComponentChildren } from "preact";
import { quoted } from "../graph/filter/print";
import type { GraphModel } from "../graph/model";
import type { Picture } from "../graph/picture";
import { formatAge, plural } from "../graph/units";
import { clockMs, link, retryNow } from "../live";
import { go, step } from "./address";
import { agentCommand, Command } from "./command";
import { currentFilter } from "./current-filter";

// What stands in the map's place when there is no map: the cause, and the next step.

function State({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="state">
      <div class="state-card">
        <h2>{title}</h2>
        {children}
      </div>
    </div>
  );
}

export function Loading() {
  return (
    <div class="state" aria-busy="true">
      <div class="skeleton" aria-hidden="true">
        {[1, 3, 2].map((cards, column) => (
          <div key={column}>
            {Array.from({ length: cards }, (_, card) => (
              <i key={card} />
            ))}
          </div>
        ))}
      </div>
      <p class="muted">Asking the operator for the graph…</p>
    </div>
  );
}

/** Nothing was ever received. */
export function Unreachable() {
  const { error, retryAt } = link.value;
  return (
    <State title="The operator cannot be reached">
      <p>
        {location.origin} was asked for the live graph, but {error ?? "nothing came"}. Look whether{" "}
        <code>tendril-operator</code> runs and what it logged.
      </p>
      <p>
        <button type="button" class="primary" onClick={retryNow}>
          Try now
        </button>{" "}
        <span class="muted">{retryText(retryAt)}</span>
      </p>
    </State>
  );
}

export function NoAgent() {
  return (
    <State title="No agent has reported yet">
      <p>
        The operator is up. Start an agent on each host whose services you want to see; the map fills within seconds.
      </p>
      <Command text={agentCommand()} />
      <p class="muted">
        Is one running already? Its log says whether it reaches this operator, and{" "}
        <code>sudo tendril-agent --doctor</code> what it can see.
      </p>
    </State>
  );
}

export function NoTraffic({ model }: { model: GraphModel }) {
  const { agents } = model.stats;
  const since = Math.min(...agents.map((agent) => Date.parse(agent.startedAt)));
  const scopes = [...new Set(agents.map((agent) => agent.scope))].filter((scope) => scope && scope !== "/");
  const blind = agents.flatMap((agent) => agent.capabilities.filter((capability) => !capability.available));
  return (
    <State title="Watching, but no connection seen yet">
      <p>
        {plural(agents.length, "agent")} on {agents.map((agent) => agent.hostname).join(", ")}, watching for{" "}
        {formatAge(model.timeMs - since)}. A dependency appears with the first connection between two programs. To see
        some at once, start the demo's services and their traffic:
      </p>
      <Command text="scripts/start-microservices.sh && scripts/generate-traffic.sh" />
      <p class="muted">
        Expected traffic?{" "}
        {scopes.length > 0
          ? `Only programs below ${scopes.join(", ")} are watched.`
          : "The agent may watch another cgroup."}
        {blind.length > 0 && ` Not available: ${[...new Set(blind.map((capability) => capability.name))].join(", ")}.`}{" "}
        <button type="button" class="link" onClick={() => go({ view: "agents" })}>
          What the agents can see
        </button>
      </p>
    </State>
  );
}

export function AllHidden({ filter, picture }: { filter: string; picture: Picture }) {
  const { expression } = currentFilter.value;
  const path = expression?.kind === "term" && expression.term.kind === "path" ? expression.term : null;
  const turned = path && `path:${quoted(path.to)}..${quoted(path.from)}`;
  return (
    <State title="The filter hides everything">
      <p>
        {plural(picture.total, "service")} hidden: none matches <code>{filter}</code>
        {picture.failingEdges === 0 && /\bfailing\b/i.test(filter) && "; nothing is failing"}.
      </p>
      {picture.notFound.length > 0 ? (
        <p>No service has this name: {picture.notFound.map((name) => `“${name}”`).join(", ")}.</p>
      ) : (
        turned && <p>No way leads there along the arrows, from who calls to who is called.</p>
      )}
      <p class="actions">
        <button type="button" class="primary" onClick={() => step({ filter: "" })}>
          Clear the filter
        </button>
        {turned && picture.notFound.length === 0 && (
          <button type="button" onClick={() => step({ filter: turned })}>
            The other way round
          </button>
        )}
      </p>
    </State>
  );
}

export function retryText(retryAt: number | null): string {
  if (retryAt === null) return "Trying now…";
  return `Next try in ${Math.max(1, Math.ceil((retryAt - clockMs.value) / 1000))} s.`;
}
