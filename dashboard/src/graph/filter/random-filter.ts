import { pick } from "../../../test/random";
import { type Expression, type Filter, joined, type Term } from "./ast";
import { numberKeys, textKeys } from "./keys";

// For property tests: any filter that a text can have.

const letters = [...'abz09.-_:/*=!<> ü()"\\', "or", "not", "failing", "name:", "..", "service", "order", "redis"];

export function randomFilter(random: () => number): Filter {
  return { expression: randomExpression(random, 3), depth: random() < 0.3 ? Math.floor(random() * 10) : null };
}

function randomExpression(random: () => number, deep: number): Expression {
  const kind = deep === 0 ? "term" : pick(random, ["and", "or", "not", "term", "term"] as const);
  if (kind === "term") return { kind, term: randomTerm(random) };
  if (kind === "not") return { kind, part: randomExpression(random, deep - 1) };
  return joined(
    kind,
    Array.from({ length: 2 + Math.floor(random() * 2) }, () => randomExpression(random, deep - 1)),
  );
}

function randomTerm(random: () => number): Term {
  const kind = pick(random, ["text", "number", "failing", "path", "breaks", "needs"] as const);
  if (kind === "failing") return { kind, value: random() < 0.5 };
  if (kind === "path") return { kind, from: randomText(random), to: randomText(random) };
  if (kind === "breaks" || kind === "needs") return { kind, of: randomText(random) };
  return kind === "number" ? randomNumber(random) : randomTextTerm(random);
}

function randomNumber(random: () => number): Term {
  const key = pick(random, Object.keys(numberKeys) as (keyof typeof numberKeys)[]);
  const comparison = pick(random, ["=", ">", ">=", "<", "<="] as const);
  const value = key === "port" ? Math.floor(random() * 65_536) : random() ** 3 * 10 ** Math.floor(random() * 12);
  return { kind: "number", key, comparison, value };
}

function randomTextTerm(random: () => number): Term {
  const key = pick(random, Object.keys(textKeys) as (keyof typeof textKeys)[]);
  const { values } = textKeys[key];
  if (values) return { kind: "text", key, mode: "exact", value: pick(random, values) };
  const glob = randomText(random).replace(/[\s()"]/g, "");
  if (random() < 0.3 && glob.includes("*")) return { kind: "text", key, mode: "glob", value: glob };
  const mode = key === "kind" || random() < 0.5 ? "exact" : "contains";
  return { kind: "text", key, mode, value: randomText(random) };
}

function randomText(random: () => number): string {
  return Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(random, letters)).join("");
}
