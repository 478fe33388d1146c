import { shown } from "../live";
import { address, go } from "../ui/address";

/** Shows the members of a folded group, in place. */
export function openGroup(id: string): void {
  const { opened, closed } = address.peek();
  // What is open by itself needs no mention in the address.
  const named = shown.peek()?.collapsedByItself ? [...opened.filter((one) => one !== id), id] : opened;
  go({ opened: named, closed: closed.filter((one) => one !== id), ...withoutSelected(id) });
}

/** Folds a group into one card. */
export function closeGroup(id: string): void {
  if (shown.peek()?.by === "none") return;
  const { opened, closed } = address.peek();
  const named = shown.peek()?.collapsedByItself ? closed : [...closed.filter((one) => one !== id), id];
  go({ opened: opened.filter((one) => one !== id), closed: named });
}

/** Who opens a group wants to see its members, not its panel. */
function withoutSelected(id: string) {
  const { selected } = address.peek();
  return selected?.kind === "group" && selected.id === id ? { selected: null } : {};
}
