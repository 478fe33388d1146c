import { addGroup } from "./add-group";
import { addNode } from "./add-node";
import { Board } from "./board";
import { freshPlacement } from "./fresh";
import { emptyPlacement, type LayoutGraph, type LayoutNode, type Placement } from "./geometry";
import { around, type Neighbours, neighboursOf } from "./neighbours";

/**
 * The placement after nodes and edges came or left: what was placed stays where it is, to the pixel. What left frees its slot; a
 * new node takes the free slot nearest to its neighbours in its group's box; a box grows where there is room for it, and only
 * where there is none at all are other boxes pushed aside. A new group takes a free place in its lane.
 */
export function extendPlacement(before: Placement, graph: LayoutGraph): Placement {
  if (graph.nodes.length === 0) return emptyPlacement;
  const board = Board.remaining(before, graph);
  if (board.nodes.size === 0) return freshPlacement(graph);
  const fresh = graph.nodes.filter((node) => !board.nodes.has(node.id));
  if (fresh.length === 0) return board.placement(before.additions);

  const neighbours = neighboursOf(graph);
  const members = new Map<string, LayoutNode[]>();
  for (const node of fresh) {
    const list = members.get(node.group);
    if (list) list.push(node);
    else members.set(node.group, [node]);
  }
  const framed = new Map(graph.groups.map((group) => [group.id, group.framed]));
  for (const id of [...members.keys()].sort()) {
    if (board.groups.has(id)) continue;
    const alone = {
      groups: [{ id, title: "", framed: framed.get(id) ?? true }],
      nodes: members.get(id) ?? [],
      edges: graph.edges,
    };
    addGroup(board, alone, neighbours, before.groups.get(id));
  }
  const laneById = new Map(graph.nodes.map((node) => [node.id, node.lane]));
  for (const node of bestKnownFirst(fresh, board, neighbours)) addNode(board, node, laneById, neighbours);
  return board.placement(before.additions + fresh.length);
}

/** One after the other the node with the most placed neighbours: its place is best known. Those that are placed are left out. */
function* bestKnownFirst(fresh: readonly LayoutNode[], board: Board, neighbours: Neighbours): Generator<LayoutNode> {
  const rest = new Map(fresh.filter((node) => !board.nodes.has(node.id)).map((node) => [node.id, node]));
  const known = new Map<string, number>();
  for (const id of [...rest.keys()].sort()) {
    known.set(id, around(neighbours, id).filter((other) => board.nodes.has(other)).length);
  }
  while (known.size > 0) {
    let best = "";
    let most = -1;
    for (const [id, count] of known) if (count > most) [best, most] = [id, count];
    known.delete(best);
    yield rest.get(best) as LayoutNode;
    for (const other of around(neighbours, best)) {
      const count = known.get(other);
      if (count !== undefined) known.set(other, count + 1);
    }
  }
}
