import { groupings } from "../graph/groups";
import { go } from "./address";
import { groupBy, groupTitles } from "./grouping";
import type { MenuItem } from "./menu";

const hints = {
  namespace: "Kubernetes namespace, compose project or systemd slice",
  host: "the host it runs on",
  tier: "entry, services, data stores, outside",
  none: "no boxes",
};

/** What the map puts into one box. */
export function GroupSwitch() {
  const now = groupBy.value;
  return (
    <fieldset class="group-switch">
      <legend>Group by</legend>
      {groupings.map((by) => (
        <button
          key={by}
          type="button"
          title={`${hints[by]} (g: next)`}
          aria-pressed={by === now}
          onClick={() => go({ group: by })}
        >
          {groupTitles[by]}
        </button>
      ))}
    </fieldset>
  );
}

export function groupItems(): MenuItem[] {
  return groupings.map((by) => ({
    title: `Group by ${groupTitles[by].toLowerCase()}`,
    checked: by === groupBy.value,
    run: () => go({ group: by }),
  }));
}

export function nextGrouping(): void {
  const at = groupings.indexOf(groupBy.peek());
  go({ group: groupings[(at + 1) % groupings.length] ?? "tier" });
}
