import type { GraphModel } from "../graph/model";
import { plural } from "../graph/units";
import { address, go } from "./address";
import { type View, views } from "./hash";
import { changeCount } from "./session";

const titles: Record<View, string> = { map: "Map", services: "Services", changes: "Changes", agents: "Agents" };

export function ViewSwitch({ model }: { model: GraphModel | null }) {
  const { view, wide } = address.value;
  const silent = model?.stats.agents.some((agent) => !agent.connected);
  return (
    <nav aria-label="View">
      {views.map((name) => (
        <button
          key={name}
          type="button"
          title={`${titles[name]} (${name[0]})`}
          aria-current={view === name && !wide ? "page" : undefined}
          onClick={() => go({ view: name, wide: false })}
        >
          {titles[name]}
          {name === "changes" && changeCount.value > 0 && <Badge count={changeCount.value} />}
          {name === "agents" && silent && (
            <span class="is-degraded" title="Not all agents are connected">
              {" "}
              ▲
            </span>
          )}
        </button>
      ))}
    </nav>
  );
}

function Badge({ count }: { count: number }) {
  return (
    <span class="badge" title={`${plural(count, "change")} since the mark`}>
      {count > 99 ? "99+" : count}
    </span>
  );
}
