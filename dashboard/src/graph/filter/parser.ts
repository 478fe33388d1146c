import { type Expression, everything, type Filter, joined } from "./ast";
import { FilterError, type Token, tokensOf } from "./lexer";
import { isDepth, readDepth, termOf, wordTerm } from "./terms";

// expr := or; or := and ("or" and)*; and := not ("and"? not)*; not := ("-" | "not") not | "(" expr ")" | term

const longestText = 4000;
/** Of parentheses and negations; nobody writes more by hand. */
const deepest = 32;

export type ParsedFilter = { filter: Filter; error: null } | { filter: null; error: FilterError };

/** Never throws. */
export function parseFilter(text: string): ParsedFilter {
  try {
    return { filter: new Parser(text).filter(), error: null };
  } catch (error) {
    if (error instanceof FilterError) return { filter: null, error };
    throw error;
  }
}

class Parser {
  readonly #tokens: Token[];
  #next = 0;
  #level = 0;
  #depth: number | null = null;

  constructor(text: string) {
    if (text.length > longestText)
      throw new FilterError(`A filter has at most ${longestText} characters.`, longestText, text.length);
    this.#tokens = tokensOf(text);
  }

  filter(): Filter {
    if (this.#token.kind === "end") return everything;
    const expression = this.#or(true);
    const rest = this.#token;
    if (rest.kind === ")") throw new FilterError("This parenthesis closes nothing: remove it.", rest.at, rest.end);
    return { expression, depth: this.#depth };
  }

  get #token(): Token {
    return this.#tokens[this.#next] as Token;
  }

  #or(top: boolean): Expression | null {
    const parts = [this.#and(top)];
    while (isWord(this.#token, "or")) {
      this.#next++;
      parts.push(this.#and(false));
    }
    const held = parts.filter((part) => part !== null);
    return held.length > 0 ? joined("or", held) : null;
  }

  /** Null where there is nothing but "depth:". */
  #and(top: boolean): Expression | null {
    const parts: Expression[] = [];
    let seen = false;
    for (;;) {
      if (seen && isWord(this.#token, "and")) this.#next++;
      else if (seen && this.#ends()) return parts.length > 0 ? joined("and", parts) : null;
      if (isDepth(this.#token)) this.#takeDepth(top);
      else parts.push(this.#not());
      seen = true;
    }
  }

  #ends(): boolean {
    return this.#token.kind === "end" || this.#token.kind === ")" || isWord(this.#token, "or");
  }

  #takeDepth(top: boolean): void {
    const token = this.#token;
    // Behind an "or" it would be for one side only.
    const beforeOr = this.#tokens
      .slice(this.#next)
      .some((later, i, all) => isWord(later, "or") && levelOf(all, i) === 0);
    if (!top || this.#level > 0 || beforeOr)
      throw new FilterError(
        "“depth:” is for the whole filter: put the rest in parentheses, as (a or b) depth:2.",
        token.at,
        token.end,
      );
    if (this.#depth !== null) throw new FilterError("“depth:” is there twice: remove one.", token.at, token.end);
    this.#depth = readDepth(token);
    this.#next++;
  }

  #not(): Expression {
    const token = this.#token;
    if (token.kind === "-" || isWord(token, "not"))
      return this.#inside(token, () => ({ kind: "not", part: this.#not() }));
    if (token.kind === "(") return this.#inside(token, () => this.#parenthesis(token));
    if (token.kind === "key") return this.#took(termOf(token));
    if (token.kind === "word" && !isWord(token, "and") && !isWord(token, "or")) return this.#took(wordTerm(token));
    throw this.#missing(token);
  }

  #inside(token: Token, read: () => Expression): Expression {
    if (++this.#level > deepest)
      throw new FilterError(`At most ${deepest} levels of parentheses and “-”.`, token.at, token.end);
    this.#next++;
    const expression = read();
    this.#level--;
    return expression;
  }

  #parenthesis(open: Token): Expression {
    const expression = this.#or(false);
    const close = this.#token;
    if (close.kind !== ")")
      throw new FilterError("This parenthesis is never closed: add ) at its end.", open.at, open.end, true);
    this.#next++;
    return expression as Expression;
  }

  #took(expression: Expression): Expression {
    this.#next++;
    return expression;
  }

  #missing(token: Token): FilterError {
    const before = this.#tokens[this.#next - 1];
    const what = "a name, a key such as host:web, or a parenthesis";
    if (token.kind === "end") {
      const after = before ? "after this" : "here";
      const place = before ?? token;
      return new FilterError(`Something is missing ${after}: ${what}.`, place.at, place.end, true);
    }
    if (token.kind === ")")
      return new FilterError(`Nothing is in or before this parenthesis: put ${what} there.`, token.at, token.end);
    return new FilterError(`Before this something is missing: ${what}.`, token.at, token.end);
  }
}

/** A word in quotes is never one of the language's. */
function isWord(token: Token, word: string): boolean {
  return token.kind === "word" && !token.quoted && token.text.toLowerCase() === word;
}

function levelOf(tokens: readonly Token[], index: number): number {
  let level = 0;
  for (const token of tokens.slice(0, index)) level += token.kind === "(" ? 1 : token.kind === ")" ? -1 : 0;
  return level;
}
