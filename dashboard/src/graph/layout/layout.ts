import type { Placement } from "./geometry";

export { extendPlacement } from "./extend";
export { freshPlacement } from "./fresh";

/** True when enough came since the last whole layout that a new one would be worth the movement. */
export function wantsTidying(placement: Placement): boolean {
  return placement.additions >= 3 && placement.additions > 0.2 * placement.nodes.size;
}
