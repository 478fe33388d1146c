import { useRef, useState } from "preact/hooks";
import type { GraphModel } from "./graph/model";
import type { Picture } from "./graph/picture";
import { fresh, model, picture, wholePicture } from "./live";
import { address } from "./ui/address";
import { Announcer } from "./ui/announcer";
import { Banners, CannotDraw } from "./ui/banners";
import { canDraw } from "./ui/can-draw";
import { notice } from "./ui/clipboard";
import { Header } from "./ui/header";
import { useKeys } from "./ui/keys";
import { lazy } from "./ui/lazy";
import { AllHidden, Loading, NoAgent, NoTraffic, Unreachable } from "./ui/states";
import { ServiceMap } from "./view/map";

// The map comes first; what one opens from it is fetched when it is opened.
const SidePanel = lazy(
  async () => (await import("./panels/side-panel")).SidePanel,
  <aside class="panel" aria-busy="true" aria-label="Loading" />,
);
const AgentsScreen = lazy(async () => (await import("./panels/agents-screen")).AgentsScreen);
const ChangesScreen = lazy(async () => (await import("./panels/changes-screen")).ChangesScreen);
const ServicesTable = lazy(async () => (await import("./panels/services-table")).ServicesTable);
const Help = lazy(async () => (await import("./ui/help")).Help);

export function App() {
  const filterBox = useRef<HTMLInputElement>(null);
  const [helping, setHelping] = useState(false);
  useKeys(filterBox, () => setHelping(true));
  const graph = model.value;
  const whole = wholePicture.value;
  const { selected, wide } = address.value;
  const old = graph !== null && (fresh.value === "stale" || fresh.value === "lost");
  return (
    <>
      <Header
        model={graph}
        picture={picture.value}
        whole={whole}
        filterBox={filterBox}
        onHelp={() => setHelping(true)}
      />
      {graph && <Banners model={graph} />}
      <main class={[old && "old", wide && "is-wide"].filter(Boolean).join(" ") || undefined}>
        {!(wide && selected) && <Content />}
        {graph && whole && selected && <SidePanel model={graph} whole={whole} />}
        {wide && selected && !graph && <Loading />}
      </main>
      <Announcer picture={picture.value} whole={whole} />
      {notice.value && <p class="toast">{notice.value}</p>}
      {helping && <Help onClose={() => setHelping(false)} />}
    </>
  );
}

function Content() {
  const graph = model.value;
  const shown = picture.value;
  if (!graph || !shown) return fresh.value === "lost" ? <Unreachable /> : <Loading />;
  const { view } = address.value;
  if (view === "agents") return <AgentsScreen model={graph} />;
  if (view === "changes") return <ChangesScreen model={graph} />;
  return <Services graph={graph} shown={shown} />;
}

/** The map, or the table that tells the same. */
function Services({ graph, shown }: { graph: GraphModel; shown: Picture }) {
  const { view, filter } = address.value;
  if (shown.total === 0) return graph.stats.agents.length === 0 ? <NoAgent /> : <NoTraffic model={graph} />;
  if (shown.matching === 0) return <AllHidden filter={filter} picture={shown} />;
  if (view === "services") return <ServicesTable picture={shown} />;
  if (canDraw) return <ServiceMap picture={shown} />;
  return (
    <div class="instead">
      <CannotDraw />
      <ServicesTable picture={shown} />
    </div>
  );
}
