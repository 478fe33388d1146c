import type { Expression, Filter, Term } from "./ast";
import { textKeys } from "./keys";
import { quantityText } from "./quantities";

/** The text of a filter; reading it gives the same filter. */
export function printFilter({ expression, depth }: Filter): string {
  const body = expression ? print(expression, depth !== null && expression.kind === "or") : "";
  return [body, depth === null ? "" : `depth:${depth}`].filter(Boolean).join(" ");
}

function print(expression: Expression, enclosed: boolean): string {
  if (expression.kind === "term") return printTerm(expression.term);
  if (expression.kind === "not")
    return `-${print(expression.part, expression.part.kind !== "term" && expression.part.kind !== "not")}`;
  const inner = expression.parts.map((part) => print(part, part.kind === "or"));
  const text = inner.join(expression.kind === "or" ? " or " : " ");
  return enclosed ? `(${text})` : text;
}

function printTerm(term: Term): string {
  switch (term.kind) {
    case "number":
      return `${term.key}${term.comparison === "=" ? ":" : term.comparison}${quantityText(term.key, term.value)}`;
    case "failing":
      return term.value ? "failing" : "failing:false";
    case "path":
      return `path:${quoted(term.from)}..${quoted(term.to)}`;
    case "breaks":
    case "needs":
      return `${term.kind}:${quoted(term.of)}`;
    case "text":
      return printText(term);
  }
}

function printText({ key, mode, value }: Extract<Term, { kind: "text" }>): string {
  if (mode === "exact") return `${key}${textKeys[key].values || key === "kind" ? ":" : "="}${quoted(value)}`;
  const text = mode === "glob" ? value : quoted(value);
  return key === "name" && !needsKey(text) ? text : `${key}:${text}`;
}

/** A word that stands alone must not be one of the language's, nor begin as something else. */
function needsKey(text: string): boolean {
  return (
    !text.startsWith('"') &&
    (/^(and|or|not|failing)$/i.test(text) || /^[-!]/.test(text) || /^[A-Za-z][A-Za-z-]*[:<>=!]/.test(text))
  );
}

/** In quotes only where it must be: also as the operand of path:, where two dots would split it. */
export function quoted(text: string): string {
  const plain = text !== "" && !/[\s()"\\*]|\.\.|^\.|\.$/.test(text);
  return plain ? text : `"${escaped(text)}"`;
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, "\\$&");
}
