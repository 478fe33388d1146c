import type { Ribbon } from "../../graph/scene/bundles";
import { apart, type Line, type RibbonLine, type Scene } from "../../graph/scene/scene";
import { lineWidth, ribbonWidth } from "../../graph/scene/weights";
import type { ShownEdge } from "../../graph/shown";
import type { Look, Stroke } from "./lines";
import { type Drawn, overlaps, type ViewFrame } from "./view-frame";

/** Of the healthy ribbons in sight only the heaviest: more could not be told apart. */
const mostRibbons = 150;
/** More failing edges than this stay in their ribbons, which are red then. */
const mostFailingApart = 80;
/** When there are no boxes to run between, far lines are limited as ribbons are. */
const mostFarLines = 400;

/** Which lines and ribbons are drawn now, and how each looks. */
export function edgesToDraw(input: ViewFrame): Drawn & { strokes: Stroke[] } {
  const { scene, sight, highlight } = input;
  const opened = openedEdges(input);
  const lines = linesInSight(input);
  for (const line of apart(scene, opened)) if (overlaps(line.route.bounds, sight)) lines.push(line);
  const openedIds = new Set(opened.map((edge) => edge.id));
  const ribbons = ribbonsInSight(scene, input, openedIds);
  const strokes: Stroke[] = [];
  for (const one of ribbons) strokes.push({ route: one.route, look: ribbonLook(one, openedIds, input) });
  for (const line of lines) {
    const lit = highlight?.edges.has(line.edge.id) ?? false;
    strokes.push({ route: line.route, look: lineLook(line.edge, lit, input) });
  }
  return { lines, ribbons, strokes };
}

/** Edges taken out of their ribbons: what fails, and what the reader points at. */
function openedEdges({ scene, level, highlight }: ViewFrame): ShownEdge[] {
  const opened = new Map<string, ShownEdge>();
  if (level !== "far" || scene.frames.length === 0) {
    if (scene.failing.length <= mostFailingApart) for (const edge of scene.failing) opened.set(edge.id, edge);
  }
  if (level !== "far") for (const edge of highlight?.apart ?? []) opened.set(edge.id, edge);
  return [...opened.values()];
}

function linesInSight({ scene, sight, level }: ViewFrame): Line[] {
  if (!scene.bundles.bundled) return scene.linesOf("").filter((line) => overlaps(line.route.bounds, sight));
  const found: Line[] = [];
  for (const group of scene.bundles.lines.keys()) {
    const frame = scene.frameOf.get(group);
    if (frame ? level === "far" || !overlaps(frame.box, sight) : scene.shown.groups.get(group)?.collapsed) continue;
    for (const line of scene.linesOf(group)) if (overlaps(line.route.bounds, sight)) found.push(line);
  }
  if (found.length <= mostFarLines || level === "near") return found;
  return found
    .map((line) => ({ line, weight: line.edge.health === "failing" ? Infinity : (line.edge.rate ?? 0) }))
    .sort((a, b) => b.weight - a.weight)
    .slice(0, mostFarLines)
    .map(({ line }) => line);
}

/** Looked at; from afar also for one of its edges, which is not drawn apart there. */
function isLit({ id, edges }: Ribbon, { highlight, level }: ViewFrame): boolean {
  if (!highlight) return false;
  return highlight.ribbons.has(id) || (level === "far" && edges.some((edge) => highlight.edges.has(edge.id)));
}

function ribbonsInSight(scene: Scene, input: ViewFrame, opened: ReadonlySet<string>): RibbonLine[] {
  const found: RibbonLine[] = [];
  let healthy = 0;
  for (const one of scene.ribbons) {
    if (!overlaps(one.route.bounds, input.sight)) continue;
    // All of it is drawn apart.
    if (one.ribbon.edges.every((edge) => opened.has(edge.id))) continue;
    const wanted = one.ribbon.failing.length > 0 || isLit(one.ribbon, input);
    if (!wanted && ++healthy > mostRibbons) continue;
    found.push(one);
  }
  return found;
}

/** Seen from higher up lines are nearer to each other: they step back, so that they do not fill the picture. */
function presence(scale: number): number {
  return Math.min(1, 0.35 + 0.95 * scale);
}

function lineLook({ health, rate }: ShownEdge, lit: boolean, { colours, highlight, rest, view }: ViewFrame): Look {
  const width = lineWidth(health, rate);
  if (health === "failing")
    return { colour: colours.failing, width: lit ? width + 0.5 : width, health, layer: lit ? 6 : 5 };
  if (lit) return { colour: colours.selection, width: width + 0.25, health, layer: 4 };
  const strength = presence(view.scale) * (health === "gone" ? 0.6 : 1) * (highlight ? rest : 1);
  return { colour: colours.faded(colours.edge, strength), width, health, layer: health === "active" ? 2 : 1 };
}

function ribbonLook({ ribbon }: RibbonLine, opened: ReadonlySet<string>, input: ViewFrame): Look {
  const { colours, highlight, rest, view } = input;
  const width = ribbonWidth(ribbon.health, ribbon.rate);
  const failing = ribbon.failing.some((edge) => !opened.has(edge.id));
  if (failing)
    return { colour: colours.failing, width: Math.max(2.5, Math.min(4, width)), health: "failing", layer: 5 };
  if (isLit(ribbon, input)) return { colour: colours.selection, width, health: "active", layer: 4 };
  const health = ribbon.health === "failing" ? "active" : ribbon.health;
  const strength = 0.5 * presence(view.scale) * (highlight ? rest : 1);
  return { colour: colours.faded(colours.edge, strength), width, health, layer: 0 };
}
