import type { Comparison, Expression, NumberKey, Term, TextKey } from "./ast";
import { canonicalTier, isNumberKey, isTextKey, keyNames, nearest, textKeys } from "./keys";
import { FilterError, type Piece, type Token } from "./lexer";
import { quantityHelp, readQuantity } from "./quantities";

// One token of the text as a condition.

type KeyToken = Extract<Token, { kind: "key" }>;
type WordToken = Extract<Token, { kind: "word" }>;

export function wordTerm(token: WordToken): Expression {
  if (token.quoted) return term({ kind: "text", key: "name", mode: "contains", value: token.text });
  if (token.text.toLowerCase() === "failing") return term({ kind: "failing", value: true });
  if (token.text.startsWith("!"))
    throw new FilterError(`“!” is not known here: write -${token.text.slice(1) || "name"}.`, token.at, token.end);
  return term(textTerm("name", { text: token.text, quoted: false }));
}

export function termOf(token: KeyToken): Expression {
  const { key, operator } = token;
  if (!keyNames.includes(key)) throw unknownKey(token);
  requireValue(token);
  // "a!=b" is "-a=b", so that it excludes a node as "-" does.
  if (operator === "!=") return { kind: "not", part: termOf({ ...token, operator: "=" }) };
  if (isTextKey(key)) return term(textOf(key, token));
  if (isNumberKey(key)) return term(numberOf(key, token));
  if (operator !== ":" && operator !== "=") {
    throw new FilterError(`“${key}” goes with a colon only: ${key}:…`, token.at, token.end);
  }
  if (key === "failing") return term(failingOf(token));
  if (key === "path") return term(pathOf(token));
  if (key === "breaks" || key === "needs") return term({ kind: key, of: wholeValue(token).text });
  throw new FilterError("“depth:” is for the whole filter and cannot be negated.", token.at, token.end);
}

function term(term: Term): Expression {
  return { kind: "term", term };
}

function textOf(key: TextKey, token: KeyToken): Term {
  const { operator } = token;
  if (operator !== ":" && operator !== "=")
    throw new FilterError(`“${key}” is a text, not a number: write ${key}:… or ${key}=…`, token.at, token.end);
  const piece = wholeValue(token);
  const values = textKeys[key].values;
  if (values) return { kind: "text", key, mode: "exact", value: oneOf(key, values, piece.text, token) };
  if (operator === "=") return { kind: "text", key, mode: "exact", value: piece.text };
  const read = textTerm(key, piece);
  // A kind is a word, not a text to search in.
  return key === "kind" && read.mode === "contains" ? { ...read, mode: "exact" } : read;
}

function textTerm(key: TextKey, { text, quoted }: Piece): Extract<Term, { kind: "text" }> {
  return { kind: "text", key, mode: !quoted && text.includes("*") ? "glob" : "contains", value: text };
}

function oneOf(key: string, values: readonly string[], text: string, token: KeyToken): string {
  const value = key === "tier" ? canonicalTier(text.toLowerCase()) : text.toLowerCase();
  if (values.includes(value)) return value;
  const near = nearest(value, values);
  const meant = near ? ` Did you mean “${key}:${near}”?` : "";
  throw new FilterError(`“${text}” is no ${key}: it is ${listed(values)}.${meant}`, token.valueAt, token.end);
}

function numberOf(key: NumberKey, token: KeyToken): Term {
  const { text } = wholeValue(token);
  const value = readQuantity(key, text);
  if (value === null)
    throw new FilterError(`“${text}” cannot be read: ${quantityHelp[key]}.`, token.valueAt, token.end);
  const comparison = token.operator === ":" ? "=" : (token.operator as Comparison);
  return { kind: "number", key, comparison, value };
}

function failingOf(token: KeyToken): Term {
  return { kind: "failing", value: oneOf("failing", ["true", "false"], wholeValue(token).text, token) === "true" };
}

function pathOf(token: KeyToken): Term {
  const ends = splitPath(token.value);
  if (!ends) throw new FilterError("A path has two ends: path:A..B", token.valueAt, token.end, true);
  if (!ends.from) throw new FilterError("The path's start is missing: path:A..B", token.valueAt, token.end);
  if (!ends.to) throw new FilterError("The path's end is missing: path:A..B", token.valueAt, token.end, true);
  return { kind: "path", ...ends };
}

/** At the first two dots outside quotes. */
export function splitPath(pieces: readonly Piece[]): { from: string; to: string } | null {
  const at = pieces.findIndex((piece) => !piece.quoted && piece.text.includes(".."));
  const middle = pieces[at];
  if (!middle) return null;
  const dots = middle.text.indexOf("..");
  const text = (some: readonly Piece[]) => some.map((piece) => piece.text).join("");
  return {
    from: text(pieces.slice(0, at)) + middle.text.slice(0, dots),
    to: middle.text.slice(dots + 2) + text(pieces.slice(at + 1)),
  };
}

export function isDepth(token: Token): token is KeyToken {
  return token.kind === "key" && token.key === "depth";
}

export function readDepth(token: Token): number {
  if (token.kind !== "key") return 0;
  requireValue(token);
  const { text } = wholeValue(token);
  if (token.operator !== ":" && token.operator !== "=")
    throw new FilterError("“depth” goes with a colon only: depth:2", token.at, token.end);
  if (!/^\d$/.test(text)) throw new FilterError(`“${text}” is no depth: it is 0 to 9.`, token.valueAt, token.end);
  return Number(text);
}

function requireValue(token: KeyToken): void {
  if (token.value.some((piece) => piece.text !== "")) return;
  throw new FilterError(`After “${token.key}${token.operator}” a value is missing.`, token.at, token.end, true);
}

function wholeValue(token: KeyToken): Piece {
  const [first, ...more] = token.value;
  if (!first || more.length > 0)
    throw new FilterError("Put all of the value into quotes, or none of it.", token.valueAt, token.end);
  return first;
}

function unknownKey({ key, at }: KeyToken): FilterError {
  const near = nearest(key, keyNames);
  const advice = near
    ? `Did you mean “${near}”?`
    : `Keys are ${listed(keyNames)}. To look for the text, put it into quotes.`;
  return new FilterError(`“${key}” is no key. ${advice}`, at, at + key.length);
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
