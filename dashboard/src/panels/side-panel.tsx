import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { GraphModel } from "../graph/model";
import type { Picture } from "../graph/picture";
import { address, select } from "../ui/address";
import { Sign } from "../view/icons";
import { EdgePanel } from "./edge-panel";
import { ServicePanel } from "./service-panel";

/** Beside the map, or below it on a narrow screen: what is selected, in full. `whole` is the picture without a filter. */
export function SidePanel({ model, whole }: { model: GraphModel; whole: Picture }) {
  const selected = address.value.selected;
  if (selected?.kind !== "node" && selected?.kind !== "edge") return null;
  if (selected.kind === "edge") {
    const edge = whole.edges.get(selected.id);
    return edge ? <EdgePanel picture={edge} nowMs={model.timeMs} /> : <GonePanel what="dependency" />;
  }
  const node = whole.nodes.get(selected.id);
  return node ? (
    <ServicePanel key={selected.id} picture={node} model={model} whole={whole} />
  ) : (
    <GonePanel what="service" />
  );
}

function GonePanel({ what }: { what: string }) {
  return (
    <Panel title={`This ${what} left the map`} id="gone">
      <p class="muted">
        It was silent for so long that the operator forgot it, or the link is from another operator. It comes back by
        itself when it is seen again.
      </p>
    </Panel>
  );
}

interface Frame {
  title: ComponentChildren;
  /** Focus goes to the panel when this changes. */
  id: string;
  children: ComponentChildren;
}

export function Panel({ title, id, children }: Frame) {
  const panel = useRef<HTMLElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    panel.current?.scrollTo(0, 0);
    heading.current?.focus({ preventScroll: true });
  }, [id]);
  const close = () => {
    select(null);
    // Back to where the reader came from, else the page's start would have the focus.
    document.querySelector<SVGGElement>('.map [tabindex="0"]')?.focus({ preventScroll: true });
  };
  return (
    <aside class="panel" ref={panel} aria-labelledby="panel-title">
      <header>
        <h2 id="panel-title" ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" class="quiet" title="Close (Esc)" aria-label="Close" onClick={close}>
          <Sign name="close" />
        </button>
      </header>
      {children}
    </aside>
  );
}
