import { expect, it } from "vitest";
import { type Address, readHash, writeHash } from "./hash";

const plain: Address = { view: "map", selected: null, filter: "", sort: "" };

it.each<Address>([
  plain,
  { ...plain, view: "services", filter: "pay & failing", sort: "-rate" },
  { ...plain, selected: { kind: "node", id: "process:a b/ü#%>" } },
  { ...plain, selected: { kind: "edge", id: "a>b/tcp/443" } },
  { ...plain, selected: { kind: "agents" } },
])("an address survives the way through a link: %j", (address) => {
  expect(readHash(`#${writeHash(address)}`)).toEqual(address);
});

it("what is as usual is not in the link, and what is unknown changes nothing", () => {
  expect(writeHash(plain)).toBe("");
  expect(readHash("#view=galaxy&what=ever&=&%")).toEqual(plain);
});
