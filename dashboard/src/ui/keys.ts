import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import { surroundingsOf } from "../graph/filter/named";
import { tidy, wholePicture } from "../live";
import { address, go, step } from "./address";
import { tell } from "./clipboard";
import { closePanel } from "./close-panel";
import { nextGrouping } from "./group-switch";
import type { View } from "./hash";
import { markNow } from "./session";
import { toggleFailing } from "./totals";

/** Keys that work wherever the focus is, except while typing and in menus and dialogs. */
export function useKeys(filterBox: RefObject<HTMLInputElement | null>, help: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector("dialog[open]") || isTyping(event.target)) return;
      const run = actions[event.key];
      if (event.key === "/") {
        event.preventDefault();
        filterBox.current?.focus();
        filterBox.current?.select();
      } else if (event.key === "?") help();
      else run?.();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
  );
}

const actions: Record<string, () => void> = {
  Escape: stepBack,
  m: () => show("map"),
  s: () => show("services"),
  c: () => show("changes"),
  a: () => show("agents"),
  t: tidy,
  g: nextGrouping,
  p: toggleFailing,
  f: showSurroundings,
  k: () => {
    markNow();
    tell("Marked: changes are told from now on");
  },
};

function show(view: View): void {
  go({ view, wide: false });
}

/** Out of the page of its own, then out of the panel. */
function stepBack(): void {
  const { selected, wide } = address.peek();
  if (wide) go({ wide: false });
  else if (selected) closePanel();
}

function showSurroundings(): void {
  const { selected } = address.peek();
  const whole = wholePicture.peek();
  const picture = selected?.kind === "node" && whole?.nodes.get(selected.id);
  if (picture && whole) step({ filter: surroundingsOf(picture.node, whole.nodes), view: "map", wide: false });
}
