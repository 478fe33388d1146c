import type { Box } from "../graph/layout/geometry";
import type { Level } from "../graph/scene/levels";
import type { Card, Frame, Scene } from "../graph/scene/scene";
import { degreesOf, describeCard, describeFrame } from "./words";

/** One thing of the map that the keyboard reaches. */
export interface MirrorItem {
  id: string;
  kind: "service" | "folded" | "frame";
  box: Box;
  label: string;
}

/** More buttons than this would make every tick slow, and nobody walks through them. */
export const mostItems = 500;

/**
 * Every card; of a map with too many, those in sight, or from afar the boxes. What has the focus stays, wherever it is.
 */
export function mirrorItems(scene: Scene, level: Level, sight: Box, focused: string | null): MirrorItem[] {
  const degrees = degreesOf(scene.shown.edges.values());
  const itemOf = (card: Card): MirrorItem => {
    const { callers, callees } = degrees.get(card.id) ?? { callers: 0, callees: 0 };
    const kind = card.node.kind === "group" ? "folded" : "service";
    return { id: card.id, kind, box: card.box, label: describeCard(card, callers, callees) };
  };
  if (scene.cards.length <= mostItems) return scene.cards.map(itemOf);
  const inSight = level === "far" ? [] : scene.cardGrid.within(sight).map((i) => scene.cards[i] as Card);
  const cards = inSight.length > 0 && inSight.length <= mostItems ? inSight : scene.cards.filter((card) => !card.frame);
  const frames = inSight.length > 0 && inSight.length <= mostItems ? [] : scene.frames;
  const items = [...frames.map(frameItem), ...cards.slice(0, mostItems).map(itemOf)];
  const kept = focused !== null && !items.some((item) => item.id === focused) ? scene.cardOf.get(focused) : undefined;
  return kept ? [...items, itemOf(kept)] : items;
}

function frameItem(frame: Frame): MirrorItem {
  return { id: frame.id, kind: "frame", box: frame.box, label: describeFrame(frame) };
}
