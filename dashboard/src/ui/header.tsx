import type { RefObject } from "preact";
import { foldedCount } from "../graph/coverage";
import type { GraphModel } from "../graph/model";
import { sumOf } from "../graph/model";
import type { Picture } from "../graph/picture";
import { formatCount, formatExact, formatRate, plural } from "../graph/units";
import { clockMs, fresh, link } from "../live";
import { Sign } from "../view/icons";
import { address, go } from "./address";
import { setTheme, type Theme, theme } from "./theme";

interface Props {
  model: GraphModel | null;
  picture: Picture | null;
  whole: Picture | null;
  filterBox: RefObject<HTMLInputElement | null>;
  onHelp: () => void;
}

export function Header({ model, picture, whole, filterBox, onHelp }: Props) {
  const { view, filter } = address.value;
  return (
    <header class="top">
      <h1>
        <img src="./icon.svg" width="24" height="24" alt="" /> Tendril
      </h1>
      <LiveSign />
      <nav aria-label="View">
        {(["map", "services"] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-current={view === name ? "page" : undefined}
            onClick={() => go({ view: name })}
          >
            {name === "map" ? "Map" : "Services"}
          </button>
        ))}
      </nav>
      <div class="filter">
        <Sign name="search" />
        <input
          ref={filterBox}
          type="search"
          placeholder="Filter: name, failing"
          aria-label="Filter services by name, or the word failing"
          aria-keyshortcuts="/"
          spellcheck={false}
          autocomplete="off"
          value={filter}
          onInput={(event) => go({ filter: event.currentTarget.value })}
        />
        {filter && picture ? (
          <span class="matches" aria-live="polite">
            {picture.matching} of {picture.total}
          </span>
        ) : (
          <kbd>/</kbd>
        )}
      </div>
      {model && whole && <Totals model={model} whole={whole} />}
      {model && <AgentsButton model={model} />}
      <ThemeSwitch />
      <button type="button" class="quiet" title="Help (?)" aria-label="Help" onClick={onHelp}>
        <Sign name="help" />
      </button>
    </header>
  );
}

const liveWords = { loading: "Connecting", live: "Live", stale: "Stale", lost: "Lost" };

function LiveSign() {
  const state = fresh.value;
  const last = link.value.lastMessageAt;
  const age =
    last === null ? "No message yet" : `Last message ${Math.max(0, Math.round((clockMs.value - last) / 1000))} s ago`;
  return (
    <span class={`live ${state}`} title={age}>
      <i aria-hidden="true" />
      {liveWords[state]}
    </span>
  );
}

function Totals({ model, whole }: { model: GraphModel; whole: Picture }) {
  const edges = [...whole.edges.values()];
  const known = edges.some((edge) => edge.rates !== null);
  const rate = known ? edges.reduce((sum, edge) => sum + (edge.rates?.openedPerSecond ?? 0), 0) : null;
  const toggle = () => go({ filter: address.peek().filter === "failing" ? "" : "failing" });
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
      {whole.failingEdges > 0 && (
        <button type="button" class="chip is-failing" title="Show only these" onClick={toggle}>
          ◆ {whole.failingEdges} <span class="word">failing</span>
        </button>
      )}
    </p>
  );
}

function AgentsButton({ model }: { model: GraphModel }) {
  const { agents, lostFlowEvents, counterOverflows } = model.stats;
  const connected = agents.filter((agent) => agent.connected).length;
  const overflows = sumOf(counterOverflows);
  const folded = foldedCount(model.stats.limits);
  const lost = overflows > 0 || lostFlowEvents > 0;
  const text = connected === agents.length ? plural(agents.length, "agent") : `${connected} of ${agents.length} agents`;
  return (
    <button
      type="button"
      class={connected < agents.length || overflows > 0 ? "chip is-degraded" : "chip"}
      title="Agents, what they can see, and what was lost"
      onClick={() => go({ view: address.peek().view === "agents" ? "map" : "agents" })}
    >
      {text}
      {lost && (
        <span class="is-degraded">
          {" ▲ "}
          <span class="word">
            {overflows > 0 ? `${formatCount(overflows)} counts` : `${formatCount(lostFlowEvents)} events`} lost
          </span>
        </span>
      )}
      {folded > 0 && (
        <span class="is-degraded" title="More than the operator's limits allow: shown together as “other”">
          {" ▲ "}
          <span class="word">{formatCount(folded)} folded</span>
        </span>
      )}
    </button>
  );
}

const nextTheme: Record<Theme, Theme> = { auto: "light", light: "dark", dark: "auto" };
const themeSign = { auto: "auto", light: "sun", dark: "moon" } as const;

function ThemeSwitch() {
  const now = theme.value;
  return (
    <button
      type="button"
      class="quiet"
      title={`Theme: ${now}; press for ${nextTheme[now]}`}
      aria-label={`Theme: ${now}`}
      onClick={() => setTheme(nextTheme[now])}
    >
      <Sign name={themeSign[now]} />
    </button>
  );
}
