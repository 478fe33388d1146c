import { expect, it } from "vitest";
import { fileName } from "./file-name";

it("a file's name says what it is of, and when", () => {
  const at = new Date("2026-01-02T10:00:05Z");
  expect(fileName(at, "", "svg")).toBe("tendril-2026-01-02-100005.svg");
  expect(fileName(at, "tier:data -(ns:../etc or x)", "json")).toBe(
    "tendril-2026-01-02-100005-tier-data-ns-etc-or-x.json",
  );
  expect(fileName(at, "é".repeat(500), "csv")).toBe("tendril-2026-01-02-100005.csv");
});
