import type { Whole } from "./conditions";
import { isNumberKey, keyNames, keys } from "./keys";
import { quoted } from "./print";

/** What could stand where the caret is. */
export interface Completion {
  /** The part of the text that it takes the place of. */
  from: number;
  to: number;
  options: CompletionOption[];
}

export interface CompletionOption {
  text: string;
  hint: string;
  /** The caret goes to its end and the list stays, as more is needed. */
  goesOn: boolean;
}

const most = 10;

export function completionsAt(text: string, caret: number, whole: Whole): Completion {
  const { from, to, options } = candidatesAt(text, caret, whole);
  // What is there already needs no list.
  return { from, to, options: options.filter((option) => option.text !== text.slice(from, to)) };
}

function candidatesAt(text: string, caret: number, whole: Whole): Completion {
  const from = wordStart(text, caret);
  const to = caret + (/^[^\s()"]*/.exec(text.slice(caret))?.[0].length ?? 0);
  const typed = text.slice(from, caret);
  const key = /^([A-Za-z]+)(:|=|!=|>=?|<=?)/.exec(typed);
  if (!key?.[1] || !keyNames.includes(key[1].toLowerCase())) return { from, to, options: words(typed, whole) };
  const [start, name] = [key[0], key[1].toLowerCase()];
  const value = typed.slice(start.length).replaceAll('"', "");
  if (name === "path") return { from: from + start.length, to, options: pathEnds(value, whole) };
  return { from: from + start.length, to, options: valuesOf(name, value, whole) };
}

/** After the last space, parenthesis or leading "-" outside quotes. */
function wordStart(text: string, caret: number): number {
  let start = 0;
  let inQuotes = false;
  for (let i = 0; i < caret; i++) {
    const sign = text[i] ?? "";
    if (sign === "\\" && inQuotes) i++;
    else if (sign === '"') inQuotes = !inQuotes;
    else if (!inQuotes && (/[\s()]/.test(sign) || (sign === "-" && i === start))) start = i + 1;
  }
  return start;
}

/** Keys that begin so, then services whose names contain it. */
function words(typed: string, whole: Whole): CompletionOption[] {
  const lower = typed.toLowerCase();
  const fitting = keyNames.filter((name) => name.startsWith(lower));
  const options = fitting.map((name) => {
    const flag = name === "failing";
    const sign = isNumberKey(name) && name !== "port" ? ">" : ":";
    return { text: flag ? name : name + sign, hint: keys[name]?.hint ?? "", goesOn: !flag };
  });
  const names = typed === "" ? [] : fittingValues(namesOf(whole), typed, "service");
  return [...options.slice(0, typed === "" ? options.length : 6), ...names].slice(0, typed === "" ? 99 : most);
}

function pathEnds(value: string, whole: Whole): CompletionOption[] {
  const dots = value.indexOf("..");
  const [before, typed] = dots < 0 ? ["", value] : [value.slice(0, dots), value.slice(dots + 2)];
  const options = fittingValues(namesOf(whole), typed, dots < 0 ? "start" : "end");
  if (dots < 0) return options.map((option) => ({ ...option, text: `${option.text}..`, goesOn: true }));
  return options.map((option) => ({ ...option, text: `${quoted(before)}..${option.text}` }));
}

function valuesOf(key: string, typed: string, whole: Whole): CompletionOption[] {
  const fixed = keys[key]?.values;
  if (fixed) return fittingValues(new Map(fixed.map((value) => [value, 0])), typed, "");
  const nodes = [...whole.nodes.values()];
  switch (key) {
    case "name":
    case "breaks":
    case "needs":
      return fittingValues(namesOf(whole), typed, "");
    case "host":
      return fittingValues(counted(nodes.flatMap(({ node }) => node.hosts)), typed, "service");
    case "ns":
      return fittingValues(counted(nodes.flatMap(({ node }) => node.namespace ?? [])), typed, "service");
    case "kind":
      return fittingValues(counted(nodes.map(({ node }) => node.kind)), typed, "service");
    case "port":
      return fittingValues(
        counted([...whole.edges.values()].map(({ edge }) => String(edge.port))),
        typed,
        "dependency",
      );
    default:
      return examples(key, typed);
  }
}

/** A quantity has no list: what it looks like is shown instead. */
function examples(key: string, typed: string): CompletionOption[] {
  const known: Record<string, [string, string][]> = {
    rate: [
      ["1", "one a second"],
      ["10", "ten a second"],
      ["60/m", "sixty a minute"],
    ],
    rtt: [
      ["500us", "half a millisecond"],
      ["5ms", "milliseconds"],
      ["1s", "a second"],
    ],
    bytes: [
      ["10k", "ten kilobytes a second"],
      ["1MB", "a megabyte a second"],
    ],
  };
  const options = known[key] ?? [["0", keys[key]?.hint ?? ""] as [string, string]];
  return options.filter(([text]) => text.startsWith(typed)).map(([text, hint]) => ({ text, hint, goesOn: false }));
}

function namesOf(whole: Whole): Map<string, number> {
  return new Map([...whole.nodes.values()].map(({ node }) => [node.name, 0]));
}

function counted(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Those that begin so first, then those that contain it; the most frequent first. */
function fittingValues(values: ReadonlyMap<string, number>, typed: string, what: string): CompletionOption[] {
  const lower = typed.toLowerCase();
  return [...values]
    .map(([value, count]) => ({ value, count, at: value.toLowerCase().indexOf(lower) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => Math.sign(a.at) - Math.sign(b.at) || b.count - a.count || (a.value < b.value ? -1 : 1))
    .slice(0, most)
    .map(({ value, count }) => ({ text: quoted(value), hint: hintOf(count, what), goesOn: false }));
}

function hintOf(count: number, what: string): string {
  if (count === 0) return what;
  const many = what.endsWith("y") ? `${what.slice(0, -1)}ies` : `${what}s`;
  return `${count} ${count === 1 ? what : many}`;
}

/** The text after an option was taken, and where the caret is then. */
export function completed(text: string, { from, to }: Completion, option: CompletionOption) {
  const rest = text.slice(to);
  const space = option.goesOn || rest.startsWith(" ") || rest.startsWith(")") ? "" : " ";
  const before = text.slice(0, from) + option.text + space;
  return { text: before + rest, caret: before.length };
}
