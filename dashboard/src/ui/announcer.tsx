import { useEffect, useRef, useState } from "preact/hooks";
import type { Picture } from "../graph/picture";
import { plural } from "../graph/units";
import { address } from "./address";
import { notice } from "./clipboard";

const leastPauseMs = 5000;
/** Who is typing a filter is told what it shows when they pause. */
const typingPauseMs = 800;

/** Tells a screen reader what changed: what the filter shows, what was selected, and what newly fails. */
export function Announcer({ picture, whole }: { picture: Picture | null; whole: Picture | null }) {
  const failures = useFailures(whole);
  const shown = useShown(picture);
  const selection = selectionText(whole);
  return (
    <div class="visually-hidden">
      <p aria-live="polite">{failures}</p>
      <p aria-live="polite">{shown}</p>
      <p aria-live="polite">{selection}</p>
      <p aria-live="polite">{notice.value}</p>
    </div>
  );
}

/** At most one message in five seconds; what came meanwhile in one sentence. */
function useFailures(whole: Picture | null): string {
  const known = useRef<Set<string> | null>(null);
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [text, setText] = useState("");

  useEffect(() => {
    if (!whole) return;
    const before = known.current;
    const now = new Set<string>();
    for (const { edge, health, source, target } of whole.edges.values()) {
      if (health !== "failing") continue;
      now.add(edge.id);
      // What failed when the page was opened is on the page; only news is announced.
      if (before && !before.has(edge.id)) waiting.current.push(`${source.name} to ${target.name}`);
    }
    known.current = now;
    if (waiting.current.length === 0 || timer.current !== undefined) return;
    const say = () => {
      const names = waiting.current.splice(0);
      timer.current = names.length > 0 ? setTimeout(say, leastPauseMs) : undefined;
      if (names.length > 0) setText(sentence(names));
    };
    say();
  }, [whole]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return text;
}

function sentence(names: string[]): string {
  const [first, ...others] = names;
  return others.length === 0 ? `New failure: ${first}.` : `New failures: ${first} and ${others.length} more.`;
}

function useShown(picture: Picture | null): string {
  const { filter } = address.value;
  const [text, setText] = useState("");
  const latest = useRef(picture);
  latest.current = picture;
  const first = useRef(true);
  useEffect(() => {
    // What the page was opened with is on the page.
    if (first.current) {
      first.current = false;
      return;
    }
    const timer = setTimeout(() => {
      const now = latest.current;
      if (!now) return;
      const services = `${now.matching} of ${plural(now.total, "service")}`;
      setText(filter ? `The filter shows ${services}.` : `No filter: all ${plural(now.total, "service")}.`);
    }, typingPauseMs);
    return () => clearTimeout(timer);
  }, [filter]);
  return text;
}

function selectionText(whole: Picture | null): string {
  const { selected } = address.value;
  if (!selected || !whole) return "";
  if (selected.kind === "node") return `${whole.nodes.get(selected.id)?.node.name ?? "A service"} selected.`;
  if (selected.kind === "group") return "Group selected.";
  if (selected.kind === "between") return "Dependencies between two groups selected.";
  const edge = whole.edges.get(selected.id);
  return edge ? `Dependency of ${edge.source.name} on ${edge.target.name} selected.` : "";
}
