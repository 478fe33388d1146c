import { describe, expect, it } from "vitest";
import { fixtureGraph } from "../../../dev/fixture-graph.mjs";
import type { GraphSnapshot } from "../../api/types";
import { fromSnapshot } from "../model";
import { wholePictureOf } from "../picture";
import { RateBook } from "../rates";
import { completed, completionsAt } from "./completion";

const whole = wholePictureOf(fromSnapshot(fixtureGraph(1) as GraphSnapshot), new RateBook());
/** The caret is at the "|". */
const at = (text: string) => completionsAt(text.replace("|", ""), text.indexOf("|"), whole);
const options = (text: string) => at(text).options.map((option) => option.text);
/** The text after the first option was taken. */
const taken = (text: string) => {
  const found = at(text);
  const first = found.options[0];
  if (!first) return null;
  const after = completed(text.replace("|", ""), found, first);
  return `${after.text.slice(0, after.caret)}|${after.text.slice(after.caret)}`;
};

describe("completion", () => {
  it("gives keys and services by what was typed so far", () => {
    expect(options("ti|")).toEqual(["tier:", "notification-service", "recommendation-engine-experiment-eu-central-1"]);
    expect(options("fa|")[0]).toBe("failing");
    expect(options("|")).toContain("depth:");
    expect(options("depth:1|")).toEqual([]);
    expect(options("redis -(po|)")).toEqual(["port:", "postgresql"]);
  });

  it("gives what is there as values", () => {
    expect(options("host:|")).toEqual(["shop-host"]);
    expect(options("kind:|")[0]).toBe("process");
    expect(options("port:8|")).toEqual(["8001", "8002", "8003", "8006", "8000", "8004", "8005", "8007", "8010"]);
    expect(options("tier:|")).toEqual(["data", "edge", "external", "service"]);
    expect(options("rtt>|")).toContain("5ms");
    expect(options("name:serv|")).toContain("user-service");
    expect(options("breaks:re|")[0]).toBe("recommendation-engine-experiment-eu-central-1");
  });

  it("puts them where the caret is, and goes on where more is needed", () => {
    expect(taken("ti|")).toBe("tier:|");
    expect(taken("-ti| redis")).toBe("-tier:| redis");
    expect(taken("tier:da|")).toBe("tier:data |");
    expect(taken("(tier:da|) depth:0")).toBe("(tier:data|) depth:0");
    expect(taken("path:gate|")).toBe("path:gateway..|");
    expect(taken("path:gateway..red|")).toBe("path:gateway..redis |");
    expect(taken("name:red|xyz")).toBe("name:redis |");
  });
});
