import { type Box, boxOf, union } from "../layout/geometry";
import type { Route } from "../routes/routes";
import { countsOf, type HealthCounts, healthOf, nameOf, type Shown, type ShownEdge, type ShownNode } from "../shown";
import { type Bundles, bundlesOf, mostLines, type Ribbon } from "./bundles";
import { sizeOf } from "./layout-graph";
import { commonPrefix } from "./prefix";
import type { Routing } from "./routing";
import { SpatialGrid } from "./spatial-grid";

// Everything that could be drawn, with coordinates in map units. Made anew with every tick; where things are comes from the
// placement, so a tick moves nothing.

export interface Card {
  id: string;
  node: ShownNode;
  name: string;
  box: Box;
  /** The frame it stands in; null where there is none. */
  frame: Frame | null;
}

export interface Frame {
  id: string;
  title: string;
  box: Box;
  members: number;
  counts: HealthCounts;
  /** What all names in it begin with; empty when that says nothing. */
  prefix: string;
  /** The longest name in it: when that has room, all have. */
  longest: string;
}

export interface Line {
  edge: ShownEdge;
  route: Route;
}

export interface RibbonLine {
  ribbon: Ribbon;
  route: Route;
}

export interface Scene {
  /** Of the map it is on: places on two maps have nothing to do with each other. */
  key: string;
  shown: Shown;
  bundles: Bundles;
  routing: Routing;
  cards: readonly Card[];
  cardOf: ReadonlyMap<string, Card>;
  cardGrid: SpatialGrid;
  /** Cards with no frame round them: seen from any height. */
  unframed: readonly Card[];
  frames: readonly Frame[];
  frameOf: ReadonlyMap<string, Frame>;
  /** Edges in ribbons that fail. */
  failing: readonly ShownEdge[];
  /** The heaviest first. */
  ribbons: readonly RibbonLine[];
  /** Lines of one group, or all of them under "" where nothing is bundled. */
  linesOf(group: string): readonly Line[];
  /** Round all that is shown. */
  bounds: Box | null;
  /** Round all that has a place, also what a filter hides: changes only with the places. */
  extent: Box | null;
}

/** `whole`: the same without a filter, where a filter hides in place; its lines then run as if nothing were hidden. */
export function sceneOf(key: string, shown: Shown, whole: Shown, routing: Routing): Scene {
  const { placement } = routing;
  const frames = framesOf(shown, routing);
  const frameOf = new Map(frames.map((frame) => [frame.id, frame]));
  const cards: Card[] = [];
  for (const node of shown.nodes.values()) {
    const at = placement.nodes.get(node.id);
    if (!at) continue;
    const frame = frameOf.get(node.group) ?? null;
    cards.push({ id: node.id, node, name: nameOf(node), box: boxOf(at, sizeOf(node)), frame });
  }
  const bundles = bundlesOf(shown);
  const known = new Map<string, readonly Line[]>();
  const linesOf = (group: string) => {
    const before = known.get(group);
    if (before) return before;
    const lines = routed(bundles.lines.get(group) ?? [], whole, group, routing);
    known.set(group, lines);
    return lines;
  };
  const ribbons = ribbonLines(bundles, routing);
  // Lines that lead back run round the boxes.
  const outermost = bundles.bundled ? ribbons : linesOf("");
  return {
    key,
    shown,
    bundles,
    routing,
    cards,
    cardOf: new Map(cards.map((card) => [card.id, card])),
    unframed: cards.filter((card) => !card.frame),
    cardGrid: new SpatialGrid(cards.map((card) => card.box)),
    frames,
    frameOf,
    failing: ribbons.flatMap(({ ribbon }) => ribbon.failing),
    ribbons,
    linesOf,
    extent: routing.extent(() => outermostOf(whole, routing)),
    bounds: union([...cards, ...frames].map(({ box }) => box).concat(outermost.map(({ route }) => route.bounds))),
  };
}

/** Routes that may run round everything else, if nothing is hidden. */
function outermostOf(whole: Shown, routing: Routing): Iterable<Route> {
  const { bundled, ribbons } = bundlesOf(whole);
  return (bundled ? routing.ribbons([...ribbons.values()]) : routing.lines([...whole.edges.values()])).values();
}

function framesOf(shown: Shown, { placement }: Routing): Frame[] {
  const frames: Frame[] = [];
  for (const group of shown.groups.values()) {
    const box = placement.boxes.get(group.id);
    if (group.collapsed || !box) continue;
    const nodes = group.members.flatMap((id) => shown.nodes.get(id) ?? []);
    frames.push({
      id: group.id,
      title: group.title,
      box,
      members: nodes.length,
      counts: countsOf(nodes.map((node) => ({ health: healthOf(node) }))),
      prefix: commonPrefix(nodes.map(nameOf)),
      longest: nodes.map(nameOf).reduce((longest, name) => (name.length > longest.length ? name : longest), ""),
    });
  }
  return frames;
}

function routed(edges: readonly ShownEdge[], whole: Shown, group: string, routing: Routing): Line[] {
  if (edges.length === 0) return [];
  const all = group === "" && whole.edges.size <= mostLines ? [...whole.edges.values()] : edges;
  const routes = group === "" ? routing.lines(all) : routing.linesInside(group, edges);
  return edges.flatMap((edge) => {
    const route = routes.get(edge.id);
    return route ? { edge, route } : [];
  });
}

function ribbonLines({ ribbons }: Bundles, routing: Routing): RibbonLine[] {
  const all = [...ribbons.values()];
  if (all.length === 0) return [];
  const routes = routing.ribbons(all);
  return all
    .flatMap((ribbon) => {
      const route = routes.get(ribbon.id);
      return route ? { ribbon, route } : [];
    })
    .sort((a, b) => weight(b.ribbon) - weight(a.ribbon) || (a.ribbon.id < b.ribbon.id ? -1 : 1));
}

function weight({ rate, edges }: Ribbon): number {
  return (rate ?? 0) + edges.length / 1000;
}

/** Edges that run in ribbons, each drawn by itself. */
export function apart(scene: Scene, edges: readonly ShownEdge[]): Line[] {
  if (edges.length === 0) return [];
  const routes = scene.routing.lines(edges);
  return edges.flatMap((edge) => {
    const route = routes.get(edge.id);
    return route ? { edge, route } : [];
  });
}
