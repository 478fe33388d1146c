import type { Size } from "./geometry";
import { boxColumnGap, boxRowGap, lanes } from "./geometry";
import { type Flow, flowOf, type GroupGraph } from "./group-graph";

/** Of a screen. */
const wantedAspect = 16 / 9;
/** Columns so many times lower or higher than the boxes' area asks for are not tried. */
const farOff = 3;
/** How much edges that neither lead right nor left count against a better shape. */
const sameColumnCost = 2;

/** The boxes' columns from left to right, each with its groups from top to bottom in a first order. */
export function boxColumnsOf(graph: GroupGraph, sizes: readonly Size[]): number[][] {
  const flows = lanes.map((_, lane) => flowOf(graph, lane)).filter((flow) => flow.order.length > 0);
  const tallest = Math.max(...sizes.map((size) => size.height));
  const area = sizes.reduce((sum, size) => sum + (size.width + boxColumnGap) * (size.height + boxRowGap), 0);
  const sensible = Math.sqrt(area / wantedAspect);
  const links = linksOf(graph);
  const total = sizes.reduce((sum, size) => sum + size.height + boxRowGap, 0);
  let best: number[][] = [];
  let least = Infinity;
  for (let height = Math.max(tallest, sensible / farOff); ; height *= 1.15) {
    for (const shareColumns of [false, true]) {
      const columns = flows.flatMap((flow) => fill(flow, sizes, height, shareColumns));
      const cost = costOf(links, columns, sizes, least);
      if (cost < least) [best, least] = [columns, cost];
    }
    if (height >= Math.min(total, sensible * farOff)) return best;
  }
}

/** Fills columns up to a height; each rank begins a new column unless they share. */
function fill({ order, rank }: Flow, sizes: readonly Size[], height: number, shareColumns: boolean): number[][] {
  const columns: number[][] = [];
  let filled = 0;
  let last = -1;
  for (const g of order) {
    const own = (sizes[g]?.height ?? 0) + boxRowGap;
    const column = columns.at(-1);
    if (column && filled + own <= height + boxRowGap && (shareColumns || rank[g] === last)) {
      column.push(g);
      filled += own;
    } else {
      columns.push([g]);
      filled = own;
    }
    last = rank[g] as number;
  }
  return columns;
}

/** The edges of the graph of groups: from, to, weight, from, to, weight and so on. */
function linksOf(graph: GroupGraph): Int32Array {
  const links: number[] = [];
  for (const [g, callees] of graph.out.entries()) for (const [to, weight] of callees) links.push(g, to, weight);
  return Int32Array.from(links);
}

/** What is at least `least` by the shape alone is not looked at further. */
function costOf(links: Int32Array, columns: readonly number[][], sizes: readonly Size[], least: number): number {
  const column = new Int32Array(sizes.length);
  let width = 0;
  let height = 0;
  for (const [c, groups] of columns.entries()) {
    let widest = 0;
    let sum = 0;
    for (const g of groups) {
      column[g] = c;
      widest = Math.max(widest, sizes[g]?.width ?? 0);
      sum += (sizes[g]?.height ?? 0) + boxRowGap;
    }
    width += widest + boxColumnGap;
    height = Math.max(height, sum);
  }
  const shape = Math.abs(Math.log(width / height / wantedAspect)) + 0.5 * Math.log(width * height);
  if (shape >= least) return shape;
  let same = 0;
  let all = 0;
  for (let i = 0; i < links.length; i += 3) {
    const weight = links[i + 2] as number;
    all += weight;
    if (column[links[i] as number] === column[links[i + 1] as number]) same += weight;
  }
  return shape + (all === 0 ? 0 : (sameColumnCost * same) / all);
}
