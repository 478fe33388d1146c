import { describe, expect, it } from "vitest";
import { generateGraph } from "../../dev/generate-graph.mjs";
import { fromSnapshot } from "./model";
import { wholePictureOf } from "./picture";
import { RateBook } from "./rates";
import { sameShape } from "./scene/layout-graph";
import { mostServices, type ShownGroup, shownOf } from "./shown";

const none: ReadonlySet<string> = new Set();
const pictureWith = (services: number) =>
  wholePictureOf(fromSnapshot(generateGraph(services) as never), new RateBook());
const few = pictureWith(100);
const many = pictureWith(mostServices + 1);

describe("what is shown", () => {
  it("is every service while there are few, each in its group", () => {
    const shown = shownOf(few, "namespace", none, none);
    expect(shown.collapsedByItself).toBe(false);
    expect([...shown.nodes.keys()].sort()).toEqual([...few.nodes.keys()].sort());
    expect(shown.edges.size).toBe(few.edges.size);
    for (const group of shown.groups.values()) {
      for (const id of group.members) expect(shown.nodes.get(id)?.group).toBe(group.id);
    }
  });

  it("is groups when there are many, unless the reader forbids it", () => {
    const shown = shownOf(many, "namespace", none, none);
    expect(shown.collapsedByItself).toBe(true);
    expect(shown.nodes.size).toBe(shown.groups.size);
    expect(shownOf(many, "namespace", none, none, true).nodes.size).toBe(many.nodes.size);
    expect(shownOf(many, "none", none, none).nodes.size).toBe(many.nodes.size);
  });

  it("opens one group in place and folds one by hand", () => {
    const [first] = shownOf(many, "namespace", none, none).groups.keys();
    const id = first as string;
    const opened = shownOf(many, "namespace", new Set([id]), none);
    expect(opened.nodes.has(id)).toBe(false);
    expect(opened.groups.get(id)?.members.every((member) => opened.nodes.has(member))).toBe(true);
    const folded = shownOf(few, "namespace", none, new Set([id]));
    expect(folded.nodes.get(id)?.kind).toBe("group");
  });

  it("loses and doubles no edge between cards, and sums what it merges", () => {
    const shown = shownOf(many, "namespace", none, none);
    const cardOf = new Map<string, string>();
    for (const group of shown.groups.values()) for (const id of group.members) cardOf.set(id, group.id);
    const between = [...many.edges.values()].filter(({ edge }) => cardOf.get(edge.source) !== cardOf.get(edge.target));
    const merged = [...shown.edges.values()];
    expect(merged.flatMap((one) => one.edges.map(({ edge }) => edge.id)).sort()).toEqual(
      between.map(({ edge }) => edge.id).sort(),
    );
    const active = between.reduce((sum, { edge }) => sum + edge.connectionsActive, 0);
    expect(merged.reduce((sum, one) => sum + one.active, 0)).toBe(active);
    for (const one of merged) {
      expect(one.health === "failing").toBe(one.edges.some((edge) => edge.health === "failing"));
    }
  });

  it("says of a folded group how its members are", () => {
    const shown = shownOf(many, "namespace", none, none);
    for (const node of shown.nodes.values()) {
      const group = node as ShownGroup;
      if (group.kind !== "group") continue;
      expect(Object.values(group.counts).reduce((sum, count) => sum + count, 0)).toBe(group.members.length);
      expect(group.counts[group.health]).toBeGreaterThan(0);
    }
  });

  it("has another shape only when something came, left or went elsewhere", () => {
    const shown = shownOf(few, "namespace", none, none);
    expect(sameShape(shown, shownOf(pictureWith(100), "namespace", none, none))).toBe(true);
    expect(sameShape(shown, shownOf(few, "host", none, none))).toBe(false);
    const [id] = shown.groups.keys();
    expect(sameShape(shown, shownOf(few, "namespace", none, new Set([id as string])))).toBe(false);
  });
});
