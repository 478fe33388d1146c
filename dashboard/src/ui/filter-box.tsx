import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { completed, completionsAt } from "../graph/filter/completion";
import type { FilterError } from "../graph/filter/lexer";
import { presetsFor } from "../graph/filter/presets";
import type { Picture } from "../graph/picture";
import { plural } from "../graph/units";
import { address, go, step } from "./address";
import { filterError } from "./current-filter";
import { FilterList } from "./filter-list";
import { Menu } from "./menu";
import { Sign } from "./signs";

interface Props {
  picture: Picture | null;
  whole: Picture | null;
  box: RefObject<HTMLInputElement | null>;
}

/** The filter's text, with a list of what could be meant (a combobox), what is wrong with it, and what it shows. */
export function FilterBox({ picture, whole, box }: Props) {
  const text = address.value.filter;
  const [caret, setCaret] = useState<number | null>(null);
  const [active, setActive] = useState(-1);
  const error = filterError.value;
  const completion = caret !== null && whole ? completionsAt(text, Math.min(caret, text.length), whole) : null;
  const options = completion?.options ?? [];
  const open = options.length > 0;
  // Who is still typing is not told that something is missing.
  const complaint = error && !(error.unfinished && caret !== null) ? error : null;

  const close = () => {
    setCaret(null);
    setActive(-1);
  };
  const take = (index: number) => {
    const option = options[index];
    if (!completion || !option) return;
    const after = completed(text, completion, option);
    go({ filter: after.text });
    setActive(-1);
    setCaret(option.goesOn ? after.caret : null);
    box.current?.focus();
    requestAnimationFrame(() => box.current?.setSelectionRange(after.caret, after.caret));
  };
  const move = (event: KeyboardEvent, by: number) => {
    event.preventDefault();
    if (!open) setCaret(box.current?.selectionStart ?? text.length);
    else setActive(((active + 1 + by + options.length + 1) % (options.length + 1)) - 1);
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") move(event, 1);
    else if (event.key === "ArrowUp") move(event, -1);
    else if (event.key === "Enter") {
      if (active >= 0) take(active);
      else close();
    } else if (event.key === "Tab" && open && !event.shiftKey) {
      event.preventDefault();
      take(Math.max(0, active));
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (open) close();
      else box.current?.blur();
    }
  };

  return (
    <div class={complaint ? "filter wrong" : "filter"} role="search">
      <Sign name="search" />
      <input
        ref={box}
        type="text"
        role="combobox"
        aria-label="Filter"
        aria-autocomplete="list"
        aria-expanded={open}
        aria-controls="filter-options"
        aria-activedescendant={active >= 0 ? `filter-option-${active}` : undefined}
        aria-invalid={complaint !== null}
        aria-describedby={complaint ? "filter-error" : undefined}
        aria-keyshortcuts="/"
        placeholder="Filter: name, failing, tier:data, rate>10, path:a..b"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        value={text}
        onInput={(event) => {
          setActive(-1);
          setCaret(event.currentTarget.selectionStart);
          go({ filter: event.currentTarget.value });
        }}
        onKeyDown={keyDown}
        onBlur={close}
      />
      {text && picture && !complaint && (
        <span class="matches" title={`${plural(picture.matching, "service")} match`}>
          {picture.matching} of {picture.total}
        </span>
      )}
      {text ? (
        <button
          type="button"
          class="quiet"
          title="Clear the filter"
          aria-label="Clear filter"
          onClick={() => step({ filter: "" })}
        >
          <Sign name="close" />
        </button>
      ) : (
        <kbd>/</kbd>
      )}
      {whole && <Presets whole={whole} />}
      <div class="filter-below">
        {open && <FilterList options={options} active={active} take={take} />}
        {complaint && <Complaint text={text} error={complaint} />}
      </div>
    </div>
  );
}

function Presets({ whole }: { whole: Picture }) {
  const items = () =>
    presetsFor(whole).map(({ title, filter, hint }) => ({
      title,
      hint: `${filter} · ${hint}`,
      run: () => step({ filter }),
    }));
  return (
    <Menu label="Ready-made filters" groups={() => [items()]}>
      <Sign name="down" />
    </Menu>
  );
}

/** The place that is wrong, in the text as it is, and what to write instead. */
function Complaint({ text, error: { at, end, message } }: { text: string; error: FilterError }) {
  const from = Math.max(0, at - 30);
  return (
    <p class="filter-error" id="filter-error" role="alert">
      {message}{" "}
      <code>
        {from > 0 && "…"}
        {text.slice(from, at)}
        <mark>{text.slice(at, end) || " "}</mark>
        {text.slice(end, end + 30)}
        {text.length > end + 30 && "…"}
      </code>
    </p>
  );
}
