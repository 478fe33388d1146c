import { useEffect, useRef, useState } from "preact/hooks";
import { fresh, model, picture, tidy, wholePicture } from "./live";
import { AgentsPanel } from "./panels/agents-panel";
import { ServicesTable } from "./panels/services-table";
import { SidePanel } from "./panels/side-panel";
import { address, go, select } from "./ui/address";
import { Announcer } from "./ui/announcer";
import { Header } from "./ui/header";
import { Help } from "./ui/help";
import { AllHidden, FreshnessBanner, Loading, NoAgent, NoAgentConnected, NoTraffic, Unreachable } from "./ui/states";
import { ServiceMap } from "./view/map";

export function App() {
  const filterBox = useRef<HTMLInputElement>(null);
  const [helping, setHelping] = useState(false);
  useKeys(filterBox, () => setHelping(true));
  const graph = model.value;
  const whole = wholePicture.value;
  const state = fresh.value;
  const old = graph !== null && (state === "stale" || state === "lost");
  return (
    <>
      <Header
        model={graph}
        picture={picture.value}
        whole={whole}
        filterBox={filterBox}
        onHelp={() => setHelping(true)}
      />
      {old && <FreshnessBanner stale={state === "stale"} />}
      {!old && graph && graph.nodes.size > 0 && graph.stats.agents.every((agent) => !agent.connected) && (
        <NoAgentConnected />
      )}
      <main class={old ? "old" : undefined}>
        <Content />
        {graph && whole && <SidePanel model={graph} whole={whole} />}
      </main>
      <Announcer whole={whole} />
      {helping && <Help onClose={() => setHelping(false)} />}
    </>
  );
}

function Content() {
  const graph = model.value;
  const shown = picture.value;
  const { view, filter } = address.value;
  if (!graph || !shown) return fresh.value === "lost" ? <Unreachable /> : <Loading />;
  if (shown.total === 0) return graph.stats.agents.length === 0 ? <NoAgent /> : <NoTraffic model={graph} />;
  if (shown.matching === 0) return <AllHidden filter={filter} total={shown.total} />;
  if (view === "agents") return <AgentsPanel model={graph} />;
  return view === "services" ? <ServicesTable picture={shown} /> : <ServiceMap picture={shown} />;
}

/** Keys that work wherever the focus is, except while typing. */
function useKeys(filterBox: { current: HTMLInputElement | null }, help: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector("dialog[open]")) return;
      const typing = event.target instanceof HTMLInputElement;
      if (event.key === "Escape") stepBack(typing ? filterBox.current : null);
      if (typing) return;
      if (event.key === "/") {
        event.preventDefault();
        filterBox.current?.focus();
      } else if (event.key === "?") help();
      else if (event.key === "m") go({ view: "map" });
      else if (event.key === "s") go({ view: "services" });
      else if (event.key === "t") tidy();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}

/** In the filter box: clear it, then leave it. Elsewhere: close the panel, then clear the filter. */
function stepBack(input: HTMLInputElement | null): void {
  if (input) {
    if (address.peek().filter) go({ filter: "" });
    else input.blur();
  } else if (address.peek().selected) select(null);
  else if (address.peek().filter) go({ filter: "" });
}
