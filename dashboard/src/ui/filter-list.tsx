import { useEffect, useRef } from "preact/hooks";
import type { CompletionOption } from "../graph/filter/completion";

interface Props {
  options: readonly CompletionOption[];
  active: number;
  take: (index: number) => void;
}

/** What could stand where the caret is. The focus stays in the box. */
export function FilterList({ options, active, take }: Props) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div class="filter-list">
      <div role="listbox" id="filter-options" aria-label="Completions" ref={list}>
        {options.map(({ text, hint }, i) => (
          <div
            key={text}
            role="option"
            id={`filter-option-${i}`}
            tabIndex={-1}
            aria-selected={i === active}
            onPointerDown={(event) => {
              // The box keeps the focus.
              event.preventDefault();
              take(i);
            }}
          >
            <code>{text}</code>
            <span>{hint}</span>
          </div>
        ))}
      </div>
      <p class="filter-keys" aria-hidden="true">
        <kbd>↓</kbd> choose <kbd>Tab</kbd> complete <kbd>Esc</kbd> close
      </p>
    </div>
  );
}
