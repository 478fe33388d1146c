import type { RefObject } from "preact";
import type { GraphModel } from "../graph/model";
import type { Picture } from "../graph/picture";
import { clockMs, fresh, link } from "../live";
import { address } from "./address";
import { FilterBox } from "./filter-box";
import { GroupSwitch } from "./group-switch";
import { ExportMenu, LinkButton, MoreMenu, SignOutButton, ThemeButton } from "./header-menus";
import { Sign } from "./signs";
import { AgentsChip, FailingChip, Totals } from "./totals";
import { ViewSwitch } from "./view-switch";

interface Props {
  model: GraphModel | null;
  picture: Picture | null;
  whole: Picture | null;
  filterBox: RefObject<HTMLInputElement | null>;
  onHelp: () => void;
}

export function Header({ model, picture, whole, filterBox, onHelp }: Props) {
  return (
    <header class="top">
      <div class="top-row">
        <h1>
          <img src="./icon.svg" width="24" height="24" alt="" /> <span>Tendril</span>
        </h1>
        <LiveSign />
        <ViewSwitch model={model} />
        {model && whole && <Totals model={model} whole={whole} />}
        {model && <AgentsChip model={model} />}
        <div class="tools">
          <ExportMenu />
          <LinkButton />
          <ThemeButton />
          <button type="button" class="quiet" title="Help (?)" aria-label="Help" onClick={onHelp}>
            <Sign name="help" />
          </button>
          <SignOutButton />
        </div>
        <MoreMenu onHelp={onHelp} />
      </div>
      <div class="top-row">
        <FilterBox picture={picture} whole={whole} box={filterBox} />
        {whole && <FailingChip whole={whole} />}
        {address.value.view === "map" && !address.value.wide && <GroupSwitch />}
      </div>
    </header>
  );
}

const liveWords = { loading: "Connecting", live: "Live", stale: "Stale", lost: "Lost" };

function LiveSign() {
  const state = fresh.value;
  const last = link.value.lastMessageAt;
  const age =
    last === null ? "No message yet" : `Last message ${Math.max(0, Math.round((clockMs.value - last) / 1000))} s ago`;
  return (
    <span class={`live ${state}`} title={`${liveWords[state]}. ${age}`}>
      <i aria-hidden="true" />
      <span>{liveWords[state]}</span>
    </span>
  );
}
