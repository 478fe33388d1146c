import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

export interface MenuItem {
  title: string;
  hint?: string;
  /** Of one of several that exclude each other. */
  checked?: boolean;
  run: () => void;
}

interface Props {
  /** For who does not see the sign. */
  label: string;
  children: ComponentChildren;
  /** Groups of items, each below a line; asked for when it opens. */
  groups: () => readonly (readonly MenuItem[])[];
  class?: string;
}

/** A button with a list of actions: arrows, Home, End and Escape as in any menu. */
export function Menu({ label, children, groups, class: name = "quiet" }: Props) {
  const id = useId();
  const frame = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const items = () => [...(frame.current?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];

  useEffect(() => {
    if (!open) return;
    items()[0]?.focus();
    const away = (event: Event) => {
      if (!frame.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const keyDown = (event: KeyboardEvent) => {
    if (!open) return;
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Tab") setOpen(false);
    if (event.key === "Escape") close();
    if (next !== undefined) all.at(next % all.length)?.focus();
    // Keys of the page have no meaning here.
    if (event.key !== "Tab" && event.key !== "Enter" && event.key !== " ") event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="menu" ref={frame}>
      <button
        type="button"
        ref={button}
        class={name}
        title={label}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <div class="menu-list" role="menu" id={id} aria-label={label} tabIndex={-1} onKeyDown={keyDown}>
          {groups()
            .filter((group) => group.length > 0)
            .map((group, i) => (
              <div key={i} role="group">
                {group.map((item) => (
                  <Item key={item.title} item={item} done={close} />
                ))}
              </div>
            ))}
        </div>
      )}
    </div>
  );
}

function Item({ item: { title, hint, checked, run }, done }: { item: MenuItem; done: () => void }) {
  const take = () => {
    done();
    run();
  };
  return (
    <button
      type="button"
      {...(checked === undefined
        ? { role: "menuitem" as const }
        : { role: "menuitemradio" as const, "aria-checked": checked })}
      tabIndex={-1}
      onClick={take}
    >
      <span class="menu-title">
        {checked !== undefined && (
          <span class="menu-check" aria-hidden="true">
            {checked ? "✓" : ""}
          </span>
        )}
        {title}
      </span>
      {hint && <span class="menu-hint">{hint}</span>}
    </button>
  );
}
