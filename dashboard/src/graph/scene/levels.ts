/** How much is drawn at a zoom. Far: boxes and ribbons. Mid: names alone. Near: whole cards. */
export type Level = "far" | "mid" | "near";

const farBelow = 0.22;
/** Below this the second line of a card could not be read. */
const nearFrom = 0.66;

export function levelAt(zoom: number): Level {
  if (zoom < farBelow) return "far";
  return zoom < nearFrom ? "mid" : "near";
}
