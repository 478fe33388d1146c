import type { Card } from "../../graph/scene/scene";
import { drawCards } from "./cards";
import { edgesToDraw } from "./edges";
import { drawGrounds, drawTitles } from "./frames";
import { drawLabels } from "./labels";
import { drawLines } from "./lines";
import type { Surface } from "./surface";
import { type Drawn, overlaps, type ViewFrame } from "./view-frame";

/** Draws the map, from the ground up. The same for the screen and for a file. */
export function drawMap(surface: Surface, input: ViewFrame): Drawn {
  const { pen } = surface;
  const frames = input.scene.frames.filter(({ box }) => overlaps(box, input.sight));
  const cards = cardsInSight(input);
  // While cards glide to new places the lines between them wait.
  const { lines, ribbons, strokes } = input.glide ? { lines: [], ribbons: [], strokes: [] } : edgesToDraw(input);
  drawGrounds(pen, frames, input);
  drawLines(pen, strokes, input.view);
  drawTitles(pen, frames, input);
  drawCards(surface, cards, input);
  if (!input.moving) drawLabels(pen, lines, cards, frames, input);
  return { lines, ribbons };
}

function cardsInSight({ scene, sight, level, glide }: ViewFrame): Card[] {
  // From afar a box stands for all its services.
  if (level === "far") return scene.unframed.filter((card) => glide || overlaps(card.box, sight));
  return glide ? [...scene.cards] : scene.cardGrid.within(sight).map((i) => scene.cards[i] as Card);
}
