import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { address, go } from "../ui/address";
import { closePanel } from "../ui/close-panel";
import { Sign } from "../ui/signs";

interface Frame {
  title: ComponentChildren;
  /** Focus goes to the panel when this changes. */
  id: string;
  children: ComponentChildren;
}

/** Beside the map, over it on a narrow screen, or in its place when the reader wants all the room. */
export function Panel({ title, id, children }: Frame) {
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const { wide } = address.value;
  useEffect(() => {
    panel.current?.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [id]);
  return (
    <aside class={wide ? "panel wide" : "panel"} ref={panel} aria-labelledby="panel-title">
      <header>
        <h2 id="panel-title" ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button
          type="button"
          class="quiet widen"
          title={wide ? "Back beside the map" : "On a page of its own"}
          aria-label={wide ? "Back beside the map" : "On a page of its own"}
          onClick={() => go({ wide: !wide })}
        >
          <Sign name={wide ? "narrow" : "wide"} />
        </button>
        <button type="button" class="quiet" title="Close (Esc)" aria-label="Close" onClick={closePanel}>
          <Sign name="close" />
        </button>
      </header>
      <div class="panel-body">{children}</div>
    </aside>
  );
}

export function GonePanel({ what }: { what: string }) {
  return (
    <Panel title={`This ${what} left the map`} id="gone">
      <p class="muted">
        It was silent for so long that the operator forgot it, or the link is from another operator. It comes back by
        itself when it is seen again.
      </p>
    </Panel>
  );
}
