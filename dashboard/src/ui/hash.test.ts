import { describe, expect, it } from "vitest";
import { pick, randomFrom } from "../../test/random";
import { groupings } from "../graph/groups";
import { type Address, plainAddress, readHash, type Selection, views, writeHash } from "./hash";

const plain = plainAddress;

describe("an address", () => {
  it.each<Partial<Address>>([
    {},
    { view: "services", filter: "pay & failing", sort: "-rate" },
    { selected: { kind: "node", id: "process:a b/ü#%>" }, wide: true },
    { selected: { kind: "edge", id: "a>b/tcp/443" } },
    { selected: { kind: "between", source: "namespace/a", target: "process:b" } },
    { view: "agents", group: "host", opened: ["host/a", "host/b"], closed: ["outside"], expand: true },
    { at: { x: -120.5, y: 0, k: 0.25 } },
  ])("survives the way through a link: %j", (change) => {
    const address = { ...plain, ...change };
    expect(readHash(`#${writeHash(address)}`)).toEqual(address);
  });

  it.each(Array.from({ length: 200 }, (_, i) => i + 1))("survives it whatever is in it (seed %i)", (seed) => {
    const address = randomAddress(randomFrom(seed));
    expect(readHash(writeHash(address))).toEqual(address);
  });

  it("leaves out what is as usual, and ignores what it does not know", () => {
    expect(writeHash(plain)).toBe("");
    expect(readHash("#view=galaxy&what=ever&=&%&group=colour&at=here&at=1,2&wide&from=a")).toEqual(plain);
    expect(writeHash({ ...plain, expand: true, selected: { kind: "node", id: "a" }, wide: true })).toBe(
      "expand&node=a&wide",
    );
  });

  it("of the first version's agents panel leads to their screen", () => {
    expect(readHash("#agents=").view).toBe("agents");
  });

  it("is bounded, whoever made the link", () => {
    const many = Array.from({ length: 5000 }, (_, i) => `opened=g${i}`).join("&");
    const read = readHash(`filter=${"x".repeat(100_000)}&${many}&node=${"y".repeat(5000)}&at=1e300,0,1`);
    expect(read.filter.length).toBe(2000);
    expect(read.opened.length).toBe(200);
    expect([read.selected, read.at]).toEqual([null, null]);
    expect(readHash("at=0,0,0.0001").at).toBeNull();
  });
});

function randomAddress(random: () => number): Address {
  const maybe = <T>(value: () => T, other: T) => (random() < 0.5 ? value() : other);
  const ids = () => [...new Set(Array.from({ length: Math.floor(random() * 4) }, () => word(random)))];
  const selected = maybe<Selection | null>(
    () =>
      random() < 0.3
        ? { kind: "between", source: word(random), target: word(random) }
        : { kind: pick(random, ["node", "edge", "group"] as const), id: word(random) },
    null,
  );
  return {
    view: pick(random, views),
    selected,
    wide: selected !== null && random() < 0.5,
    filter: maybe(() => `${word(random)} ${word(random)}`, ""),
    sort: maybe(() => "-rate", ""),
    group: maybe(() => pick(random, groupings), null),
    opened: ids(),
    closed: ids(),
    expand: random() < 0.5,
    at: maybe(() => ({ x: Math.round(random() * 1e5) / 10, y: -Math.round(random() * 1e5) / 10, k: 0.5 }), null),
  };
}

const letters = [..."abzü€ #&=%+/:>\"'()-*", "\u{1f680}", "wide=", "&expand=&"];

function word(random: () => number): string {
  return Array.from({ length: 1 + Math.floor(random() * 8) }, () => pick(random, letters)).join("");
}
