import {
  type Box,
  boxOf,
  type LayoutGraph,
  type LayoutNode,
  type PlacedCard,
  type PlacedGroup,
  type Placement,
  type Point,
} from "./geometry";

/** A placement that is being changed. */
export class Board {
  readonly nodes = new Map<string, Point>();
  readonly cards = new Map<string, PlacedCard>();
  readonly groups = new Map<string, PlacedGroup>();
  private readonly membersOf = new Map<string, Set<string>>();

  /** What of the placement is still in the graph. A node of another group or size is not. */
  static remaining(before: Placement, graph: LayoutGraph): Board {
    const board = new Board();
    const framed = new Map(graph.groups.map((group) => [group.id, group.framed]));
    for (const node of graph.nodes) {
      const card = before.cards.get(node.id);
      const point = before.nodes.get(node.id);
      const group = before.groups.get(node.group);
      if (!card || !point || !group || group.framed !== (framed.get(node.group) ?? true)) continue;
      if (card.group !== node.group || card.width !== node.width || card.height !== node.height) continue;
      board.groups.set(node.group, group);
      board.put(node, point);
    }
    return board;
  }

  put(node: Pick<LayoutNode, "id" | "group" | "width" | "height">, point: Point): void {
    const { id, group, width, height } = node;
    this.nodes.set(id, point);
    this.cards.set(id, { group, width, height });
    const members = this.membersOf.get(group);
    if (members) members.add(id);
    else this.membersOf.set(group, new Set([id]));
  }

  members(group: string): ReadonlySet<string> {
    return this.membersOf.get(group) ?? new Set();
  }

  cardBox(id: string): Box {
    return boxOf(this.nodes.get(id) as Point, this.cards.get(id));
  }

  resize(id: string, box: Box): void {
    this.groups.set(id, { ...(this.groups.get(id) as PlacedGroup), box });
  }

  /** A group with all its cards. */
  move(id: string, dx: number, dy: number): void {
    const { box } = this.groups.get(id) as PlacedGroup;
    this.resize(id, { left: box.left + dx, top: box.top + dy, right: box.right + dx, bottom: box.bottom + dy });
    for (const member of this.members(id)) {
      const { x, y } = this.nodes.get(member) as Point;
      this.nodes.set(member, { x: x + dx, y: y + dy });
    }
  }

  /** Puts down a group that was laid out by itself, its box's upper left corner there. */
  putGroup(id: string, alone: Placement, left: number, top: number): void {
    const group = alone.groups.get(id) as PlacedGroup;
    this.groups.set(id, group);
    for (const [node, point] of alone.nodes) this.put({ id: node, ...(alone.cards.get(node) as PlacedCard) }, point);
    this.move(id, left - group.box.left, top - group.box.top);
  }

  placement(additions: number): Placement {
    const boxes = new Map<string, Box>();
    for (const [id, { framed, box }] of this.groups) if (framed) boxes.set(id, box);
    return { nodes: this.nodes, boxes, additions, cards: this.cards, groups: this.groups };
  }
}
