import { computed, effect, signal } from "@preact/signals";
import { defaultGroupBy, type GroupBy } from "../graph/groups";
import { model } from "../live";
import { address } from "./address";

/** What suits the first graph; kept for as long as the page is open, so that nothing jumps. */
const suitable = signal<GroupBy | null>(null);

effect(() => {
  const nodes = model.value?.nodes;
  if (suitable.peek() === null && nodes && nodes.size > 0) suitable.value = defaultGroupBy(nodes.values());
});

const chosen = computed(() => address.value.group);

export const groupBy = computed<GroupBy>(() => chosen.value ?? suitable.value ?? "tier");

export const groupTitles: Record<GroupBy, string> = {
  namespace: "Namespace",
  host: "Host",
  tier: "Role",
  none: "None",
};
