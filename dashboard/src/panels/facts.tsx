import type { ComponentChildren } from "preact";
import type { Rfc3339 } from "../api/types";
import { type Health, healthGlyph } from "../graph/health";
import { formatAge } from "../graph/units";
import { select } from "../ui/address";

export function Fact({ name, children, title }: { name: string; children: ComponentChildren; title?: string }) {
  return (
    <div class="fact" title={title}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function HealthWord({ health }: { health: Health }) {
  return (
    <span class={`health is-${health}`}>
      <span class="glyph" aria-hidden="true">
        {healthGlyph[health]}
      </span>
      {health}
    </span>
  );
}

/** What was known before the operator's restart and no agent has confirmed since. */
export function StaleMark({ of }: { of: { stale: boolean } }) {
  return (
    of.stale && <span title="Known from before the operator's restart; no agent has confirmed it since">stale</span>
  );
}

/** A service's name that leads to it. */
export function ServiceLink({ id, name }: { id: string; name: string }) {
  return (
    <button type="button" class="link" onClick={() => select({ kind: "node", id })}>
      {name}
    </button>
  );
}

/** "14:02:10", with the date where it is another day. */
export function Clock({ time }: { time: Rfc3339 }) {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return <span>unknown</span>;
  const today = at.toDateString() === new Date().toDateString();
  return (
    <time dateTime={time} title={at.toLocaleString()}>
      {today ? at.toLocaleTimeString() : at.toLocaleString()}
    </time>
  );
}

/** "3 min ago", with the exact time on hover. */
export function Since({ time, nowMs }: { time: Rfc3339; nowMs: number }) {
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) return <span>unknown</span>;
  return (
    <time dateTime={time} title={new Date(ms).toLocaleString()}>
      {formatAge(nowMs - ms)} ago
    </time>
  );
}
