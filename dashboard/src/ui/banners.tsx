import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { type GraphModel, sumOf } from "../graph/model";
import { formatAge, formatCount, plural } from "../graph/units";
import { clockMs, fresh, link, retryNow, shown } from "../live";
import { address, go, step } from "./address";
import { groupTitles } from "./grouping";
import { retryText } from "./states";

// Above the picture, when it is not what it seems: old, partial, or from another operator than the page.

export function Banners({ model }: { model: GraphModel }) {
  const state = fresh.value;
  if (state === "stale" || state === "lost") return <FreshnessBanner stale={state === "stale"} />;
  return (
    <section aria-label="About this picture">
      <OtherVersion version={model.stats.version} />
      {model.nodes.size > 0 && <Partial model={model} />}
      {address.value.view === "map" && !address.value.wide && <Folded />}
    </section>
  );
}

/** While nothing new comes. */
function FreshnessBanner({ stale }: { stale: boolean }) {
  const { lastMessageAt, error, retryAt } = link.value;
  const age = formatAge(clockMs.value - (lastMessageAt ?? clockMs.value));
  return (
    <div class="banner" role="status">
      <span>
        <b>{stale ? "Stale" : "Connection lost"}:</b>{" "}
        {stale ? "the operator is connected but silent" : (error ?? "the stream ended")}. This is the picture of{" "}
        {new Date(lastMessageAt ?? clockMs.value).toLocaleTimeString()}, {age} ago.
      </span>
      {!stale && (
        <>
          <span class="muted">{retryText(retryAt)}</span>
          <button type="button" onClick={retryNow}>
            Try now
          </button>
        </>
      )}
    </div>
  );
}

/** The page is served by the operator: after an update of the one the other is old. */
function OtherVersion({ version }: { version: string }) {
  const first = useRef(version);
  if (first.current === version || first.current === "unknown") return null;
  return (
    <div class="banner">
      <span>
        <b>The operator was updated</b> from {first.current} to {version}; this page is still the old one.
      </span>
      <button type="button" onClick={() => location.reload()}>
        Reload
      </button>
    </div>
  );
}

const hidden = signal("");

function Partial({ model }: { model: GraphModel }) {
  const text = missingText(model);
  if (!text || hidden.value === text.key) return null;
  return (
    <div class="banner">
      <span>
        <b>{text.title}</b> {text.rest}
      </span>
      <button type="button" onClick={() => go({ view: "agents", wide: false })}>
        Agents
      </button>
      {text.key !== "all" && (
        <button
          type="button"
          onClick={() => {
            hidden.value = text.key;
          }}
        >
          Hide
        </button>
      )}
    </div>
  );
}

/** What is missing from the picture, worst first. */
function missingText({ stats }: GraphModel): { key: string; title: string; rest: string } | null {
  const silent = stats.agents.filter((agent) => !agent.connected);
  const overflows = sumOf(stats.counterOverflows);
  if (stats.agents.length > 0 && silent.length === stats.agents.length) {
    const rest = "The map shows what was known; nothing new is seen until one comes back.";
    return { key: "all", title: "No agent is connected.", rest };
  }
  if (silent.length > 0) {
    const names = silent.slice(0, 3).map((agent) => agent.hostname);
    const more = silent.length > names.length ? ` and ${silent.length - names.length} more` : "";
    const title = `${silent.length} of ${plural(stats.agents.length, "agent")} ${silent.length === 1 ? "is" : "are"} silent:`;
    return { key: `silent ${silent.length}`, title, rest: `${names.join(", ")}${more}. Counts are lower bounds.` };
  }
  if (overflows === 0) return null;
  const title = `${formatCount(overflows)} counts were lost`;
  return { key: "overflows", title, rest: "in full tables of the kernel: numbers are lower bounds." };
}

/** Too much to read at once: says what was done, and the ways in. */
function Folded() {
  const now = shown.value;
  if (!now?.collapsedByItself || hidden.value === "folded") return null;
  const services = [...now.groups.values()].reduce((sum, group) => sum + group.members.length, 0);
  const title = groupTitles[now.by].toLowerCase();
  return (
    <div class="banner calm">
      <span>
        <b>{plural(services, "service")} are too many to read at once</b>, so each {title} is one card. Enter or a
        double click opens one; a filter shows less.
      </span>
      <button type="button" onClick={() => step({ expand: true })}>
        Show every service
      </button>
      <button
        type="button"
        onClick={() => {
          hidden.value = "folded";
        }}
      >
        Hide
      </button>
    </div>
  );
}

export function CannotDraw() {
  return (
    <div class="banner">
      <span>
        <b>This browser cannot draw the map</b> (it lacks canvas or workers). The table tells the same.
      </span>
    </div>
  );
}
