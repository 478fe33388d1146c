import type { Box } from "../../graph/layout/geometry";
import type { Card } from "../../graph/scene/scene";
import { healthOf, matchesOf } from "../../graph/shown";
import { drawGroupText, drawServiceText } from "./card-text";
import type { Colours } from "./colours";
import { drawGlyph, traceGlyph } from "./glyphs";
import { drawHealthBar } from "./health-bar";
import { drawName } from "./names";
import type { Pen, Surface } from "./surface";
import { onScreen, type ViewFrame } from "./view-frame";

interface PlacedCard {
  card: Card;
  /** On the screen. */
  at: Box;
  /** 1, or how much of it is left where it is not what the reader looks at. */
  strength: number;
}

/** Surroundings of what the filter asked for. */
const contextStrength = 0.55;

export function drawCards(surface: Surface, cards: readonly Card[], input: ViewFrame): void {
  const placed = cards.map((card) => placedCard(card, input));
  drawBacks(surface.pen, placed, input);
  drawRings(surface.pen, placed, input);
  const { pen } = surface;
  for (const one of placed) {
    pen.globalAlpha = one.strength;
    if (input.level === "near") drawNear(surface, one, input);
    else drawSmall(pen, one, input);
  }
  pen.globalAlpha = 1;
}

function placedCard(card: Card, input: ViewFrame): PlacedCard {
  const { highlight, rest, glide, view } = input;
  const health = healthOf(card.node);
  // What is unwell is what people look for: it is never faded.
  const unwell = health === "failing" || health === "degraded";
  const lit = !highlight || highlight.nodes.has(card.id) || unwell;
  const strength = (lit ? 1 : rest) * (matchesOf(card.node) || unwell ? 1 : contextStrength);
  return {
    card,
    at: onScreen(glide ? between(glide.from.get(card.id), card.box, glide.part) : card.box, view),
    strength,
  };
}

function between(from: Box | undefined, to: Box, part: number): Box {
  if (!from) return to;
  const dx = (from.left - to.left) * (1 - part);
  const dy = (from.top - to.top) * (1 - part);
  return { left: to.left + dx, top: to.top + dy, right: to.right + dx, bottom: to.bottom + dy };
}

/** All cards that look alike in one stroke. */
function drawBacks(pen: Pen, placed: readonly PlacedCard[], { view, colours, hovered }: ViewFrame): void {
  const alike = new Map<string, PlacedCard[]>();
  for (const one of placed) {
    const key = `${one.card.node.kind} ${healthOf(one.card.node)} ${Math.round(one.strength * 50)} ${hovered.has(one.card.id)}`;
    const own = alike.get(key);
    if (own) own.push(one);
    else alike.set(key, [one]);
  }
  const radius = 9 * Math.min(1.2, view.scale);
  for (const group of alike.values()) {
    const { card, strength } = group[0] as PlacedCard;
    const look = lookOf(card, hovered.has(card.id), colours);
    pen.fillStyle = colours.faded(look.fill, Math.max(strength, 0.35));
    pen.strokeStyle = colours.faded(look.border, strength);
    pen.lineWidth = look.width;
    pen.setLineDash(look.dash);
    const stacks = group.filter(({ card: one, at }) => one.node.kind === "group" && at.right - at.left > 30);
    if (stacks.length > 0) {
      pen.beginPath();
      for (const { at } of stacks) traceStack(pen, at, view.scale, radius);
      pen.fill();
      pen.stroke();
    }
    pen.beginPath();
    for (const { at } of group)
      pen.roundRect(at.left + 0.5, at.top + 0.5, at.right - at.left - 1, at.bottom - at.top - 1, radius);
    pen.fill();
    pen.stroke();
    pen.setLineDash([]);
  }
}

/** The edge of a second card below: there is more than one thing in it. */
function traceStack(pen: Pen, at: Box, scale: number, radius: number): void {
  const shift = Math.max(2, 4 * scale);
  const inset = Math.max(3, 7 * scale);
  pen.roundRect(at.left + inset, at.bottom - 2 * radius, at.right - at.left - 2 * inset, 2 * radius + shift, radius);
}

/** A healthy card is neutral: a wall of green borders would hide the red one. */
function lookOf(card: Card, hovered: boolean, colours: Colours) {
  const neutral = hovered ? colours.secondary : colours.border;
  switch (healthOf(card.node)) {
    case "failing":
      return { fill: colours.card, border: colours.failing, width: 2, dash: [] };
    case "degraded":
      // Of twenty services one often is: only what fails colours a whole group.
      if (card.node.kind === "group") return { fill: colours.card, border: neutral, width: 1, dash: [] };
      return { fill: colours.card, border: colours.degraded, width: 1.5, dash: [] };
    case "idle":
      return { fill: colours.card, border: neutral, width: 1, dash: [7, 4] };
    case "gone":
      return { fill: colours.band, border: neutral, width: 1, dash: [3, 4] };
    default:
      return { fill: colours.card, border: neutral, width: 1, dash: [] };
  }
}

function drawRings(pen: Pen, placed: readonly PlacedCard[], { view, colours, selected }: ViewFrame): void {
  pen.beginPath();
  for (const { card, at } of placed) {
    if (!selected.has(card.id)) continue;
    pen.roundRect(at.left - 3, at.top - 3, at.right - at.left + 6, at.bottom - at.top + 6, 9 * view.scale + 3);
  }
  pen.strokeStyle = colours.selection;
  pen.lineWidth = 2.5;
  pen.stroke();
}

function drawNear(surface: Surface, { card, at }: PlacedCard, { view, colours }: ViewFrame): void {
  const { node } = card;
  if (node.kind === "group") {
    drawGroupText(surface, node, at, view.scale, colours);
    const bar = barOf(at, view.scale);
    drawHealthBar(surface.pen, node.counts, bar, colours);
  } else drawServiceText(surface, card, node.picture, at, view.scale, colours);
}

function barOf(at: Box, scale: number) {
  const inset = 12 * scale;
  const height = Math.max(2, 4 * scale);
  return { x: at.left + inset, y: at.bottom - height - 9 * scale, width: at.right - at.left - 2 * inset, height };
}

/** A name and a glyph; from afar, where no letter could be read, the glyph's colour alone. */
function drawSmall(pen: Pen, { card, at }: PlacedCard, { view, colours, moving }: ViewFrame): void {
  const { node } = card;
  const health = healthOf(node);
  const height = at.bottom - at.top;
  if (node.kind === "group") drawHealthBar(pen, node.counts, barOf(at, view.scale), colours);
  if (height < 9) {
    if (node.kind === "group" || health === "active") return;
    pen.beginPath();
    traceGlyph(pen, health, (at.left + at.right) / 2, (at.top + at.bottom) / 2, height * 0.3);
    pen.fillStyle = colours.health[health];
    pen.fill();
    return;
  }
  const body = node.kind === "group" ? { ...at, bottom: at.bottom - 13 * view.scale } : at;
  const radius = Math.min(6, Math.max(2.4, height * 0.12));
  const middle = (body.top + body.bottom) / 2;
  drawGlyph(pen, health, at.left + radius * 2.6, middle, radius, colours.health[health]);
  if (!moving || height > 14) drawName(pen, card, body, radius * 5, colours);
}
