import { useEffect, useRef, useState } from "preact/hooks";
import type { Picture } from "../graph/picture";

const leastPauseMs = 5000;

/** Tells a screen reader of new failures: at most one message in five seconds, what came meanwhile in one sentence. */
export function Announcer({ whole }: { whole: Picture | null }) {
  const known = useRef<Set<string> | null>(null);
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [text, setText] = useState("");

  useEffect(() => {
    if (!whole) return;
    const failing = [...whole.edges.values()].filter((edge) => edge.health === "failing");
    const before = known.current;
    known.current = new Set(failing.map((edge) => edge.edge.id));
    // What failed when the page was opened is on the page; only news is announced.
    if (!before) return;
    for (const edge of failing) {
      if (!before.has(edge.edge.id)) waiting.current.push(`${edge.source.name} to ${edge.target.name}`);
    }
    if (waiting.current.length === 0 || timer.current !== undefined) return;
    const say = () => {
      const names = waiting.current.splice(0);
      timer.current = names.length > 0 ? setTimeout(say, leastPauseMs) : undefined;
      if (names.length > 0) setText(sentence(names));
    };
    say();
  }, [whole]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {text}
    </div>
  );
}

function sentence(names: string[]): string {
  const [first, ...others] = names;
  return others.length === 0 ? `New failure: ${first}.` : `New failures: ${first} and ${others.length} more.`;
}
