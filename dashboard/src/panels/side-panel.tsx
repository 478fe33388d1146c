import type { GraphModel } from "../graph/model";
import type { Picture } from "../graph/picture";
import { address } from "../ui/address";
import { BetweenPanel } from "./between-panel";
import { EdgePanel } from "./edge-panel";
import { GroupPanel } from "./group-panel";
import { GonePanel } from "./panel";
import { ServicePanel } from "./service-panel";

/** What is selected, in full. `whole` is the picture without a filter. */
export function SidePanel({ model, whole }: { model: GraphModel; whole: Picture }) {
  const { selected } = address.value;
  switch (selected?.kind) {
    case undefined:
      return null;
    case "edge": {
      const edge = whole.edges.get(selected.id);
      return edge ? <EdgePanel picture={edge} nowMs={model.timeMs} /> : <GonePanel what="dependency" />;
    }
    case "group":
      return <GroupPanel id={selected.id} whole={whole} />;
    case "between":
      return <BetweenPanel source={selected.source} target={selected.target} whole={whole} />;
    case "node": {
      const node = whole.nodes.get(selected.id);
      if (!node) return <GonePanel what="service" />;
      return <ServicePanel key={selected.id} picture={node} model={model} whole={whole} />;
    }
  }
}
