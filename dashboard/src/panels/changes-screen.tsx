import { type ChangeKind, changeKinds, changesText, changeTitles, type Noticed } from "../graph/diff";
import type { GraphModel } from "../graph/model";
import { formatAge, plural } from "../graph/units";
import { select } from "../ui/address";
import { copyText } from "../ui/clipboard";
import { mark, markNow, noticed } from "../ui/session";
import { Sign } from "../ui/signs";

const looks: Record<ChangeKind, { sign: string; class: string }> = {
  failing: { sign: "◆", class: "is-failing" },
  reason: { sign: "◆", class: "is-failing" },
  appeared: { sign: "+", class: "is-active" },
  vanished: { sign: "−", class: "is-idle" },
  recovered: { sign: "●", class: "is-active" },
};

const mostOfAKind = 200;

/** What is different since a moment the reader chose: mark, deploy, look. */
export function ChangesScreen({ model }: { model: GraphModel }) {
  const since = mark.value;
  if (!since) return null;
  const list = noticed.value;
  const now = list.filter((one) => !one.over).length;
  return (
    <div class="screen changes" id="screen">
      <header>
        <h2>Changes</h2>
        <button type="button" class="primary" title="Compare with this moment from now on (k)" onClick={markNow}>
          <Sign name="flag" /> Mark now
        </button>
        {list.length > 0 && (
          <button type="button" onClick={() => void copyText(changesText(since.atMs, list), "Changes")}>
            Copy as text
          </button>
        )}
      </header>
      <p class="summary">
        {plural(now, "difference")} since {since.byReader ? "the mark" : "this page was opened"} at{" "}
        {new Date(since.atMs).toLocaleTimeString()}, {formatAge(model.timeMs - since.atMs)} ago.
        <span class="muted"> The filter has no part in this.</span>
      </p>
      {list.length === 0 && (
        <p class="muted">
          Nothing came, went, began to fail or recovered. Mark a moment, change something, and look here: services and
          dependencies that are new, gone, or fail are listed with the time.
        </p>
      )}
      {changeKinds.map((kind) => (
        <Kind key={kind} kind={kind} list={list.filter(({ change }) => change.kind === kind)} />
      ))}
    </div>
  );
}

function Kind({ kind, list }: { kind: ChangeKind; list: Noticed[] }) {
  if (list.length === 0) return null;
  return (
    <section>
      <h3>
        <span class={looks[kind].class} aria-hidden="true">
          {looks[kind].sign}
        </span>{" "}
        {changeTitles[kind]} <span class="count">{list.length}</span>
      </h3>
      <ul class="change-list">
        {list.slice(0, mostOfAKind).map((one) => (
          <Row key={one.change.key} noticed={one} />
        ))}
      </ul>
      {list.length > mostOfAKind && <p class="muted">And {plural(list.length - mostOfAKind, "more", "more")}.</p>}
    </section>
  );
}

function Row({ noticed: { change, atMs, over } }: { noticed: Noticed }) {
  const details = [change.detail, over && "no longer so"].filter(Boolean).join("; ");
  return (
    <li class={over ? "over" : undefined}>
      <time dateTime={new Date(atMs).toISOString()}>{new Date(atMs).toLocaleTimeString()}</time>
      <span class="muted">{change.what}</span>
      <button
        type="button"
        class="link"
        onClick={() => select({ kind: change.what === "service" ? "node" : "edge", id: change.id })}
      >
        {change.name}
      </button>
      {details && <span class="muted">{details}</span>}
    </li>
  );
}
