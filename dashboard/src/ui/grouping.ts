import type { GroupBy } from "../graph/groups";

export { groupBy } from "../live";

export const groupTitles: Record<GroupBy, string> = {
  namespace: "Namespace",
  host: "Host",
  tier: "Role",
  none: "None",
};
