// A filter's text in tokens, each with its place. Never throws but for a FilterError.

/** What is wrong with a filter's text, where, and what is allowed. */
export class FilterError extends Error {
  constructor(
    message: string,
    /** The first character that is wrong, and the one after the last. */
    readonly at: number,
    readonly end: number,
    /** Nothing is wrong so far, but more is needed: the reader is probably still typing. */
    readonly unfinished = false,
  ) {
    super(message);
  }
}

/** A part of a value: in quotes nothing has a meaning of its own. */
export interface Piece {
  text: string;
  quoted: boolean;
}

export type Operator = ":" | "=" | "!=" | ">" | ">=" | "<" | "<=";

export type Token = { at: number; end: number } & (
  | { kind: "(" | ")" | "-" | "end" }
  | { kind: "word"; text: string; quoted: boolean }
  | { kind: "key"; key: string; operator: Operator; value: Piece[]; valueAt: number }
);

const keyStart = /([A-Za-z][A-Za-z-]*)(\s*(?:>=|<=|!=|>|<|=)|:)/y;
const bareText = /[^\s()"]+/y;
const space = /\s*/y;

export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = match(space, text, 0).length;
  while (at < text.length) {
    const token = tokenAt(text, at);
    tokens.push(token);
    at = token.end + match(space, text, token.end).length;
  }
  tokens.push({ kind: "end", at: text.length, end: text.length });
  return tokens;
}

function tokenAt(text: string, at: number): Token {
  const sign = text[at];
  if (sign === "(" || sign === ")" || sign === "-") return { kind: sign, at, end: at + 1 };
  if (sign === '"') {
    const { piece, end } = quotedAt(text, at);
    return { kind: "word", ...piece, at, end };
  }
  keyStart.lastIndex = at;
  const key = keyStart.exec(text);
  if (key?.[1] && key[2]) return keyToken(text, at, key[1], key[2]);
  const word = match(bareText, text, at);
  return { kind: "word", text: word, quoted: false, at, end: at + word.length };
}

function keyToken(text: string, at: number, name: string, sign: string): Token {
  const operator = sign.trim() as Operator;
  let valueAt = at + name.length + sign.length;
  // "rate > 5" is how people write it; after a colon a space ends the term.
  if (operator !== ":") valueAt += match(space, text, valueAt).length;
  const { pieces, end } = piecesAt(text, valueAt);
  return { kind: "key", key: name.toLowerCase(), operator, value: pieces, valueAt, at, end };
}

/** Quoted and bare parts without space between: "a b".."c d". */
function piecesAt(text: string, start: number): { pieces: Piece[]; end: number } {
  const pieces: Piece[] = [];
  let at = start;
  while (at < text.length) {
    if (text[at] === '"') {
      const { piece, end } = quotedAt(text, at);
      pieces.push(piece);
      at = end;
      continue;
    }
    const bare = match(bareText, text, at);
    if (bare === "") break;
    pieces.push({ text: bare, quoted: false });
    at += bare.length;
  }
  return { pieces, end: at };
}

function quotedAt(text: string, at: number): { piece: Piece; end: number } {
  let value = "";
  for (let i = at + 1; i < text.length; i++) {
    const sign = text[i];
    if (sign === '"') return { piece: { text: value, quoted: true }, end: i + 1 };
    // A backslash takes the next character as it is.
    if (sign === "\\" && i + 1 < text.length) i++;
    value += text[i];
  }
  throw new FilterError('This quote is never closed: add " at its end.', at, text.length, true);
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}
