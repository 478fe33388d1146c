import { endpointText, failureReasons, lastFailureText } from "../graph/edge-words";
import type { EdgePicture, NodePicture } from "../graph/picture";
import { sumOfEdges } from "../graph/sums";
import { formatByteRate, formatBytes, formatExact, formatMicros, formatRate } from "../graph/units";
import { select } from "../ui/address";

/** What it takes from its callers and what it makes to others, side by side. */
export function ServiceCounters({ picture }: { picture: NodePicture }) {
  const [taken, made] = [sumOfEdges(picture.callers), sumOfEdges(picture.callees)];
  const rows: [string, string, string, boolean?][] = [
    ["Connections", formatRate(taken.openedPerSecond), formatRate(made.openedPerSecond)],
    ["in all", formatExact(taken.opened), formatExact(made.opened)],
    ["Failed", formatExact(taken.failed), formatExact(made.failed), true],
    ["Open now", formatExact(taken.active), formatExact(made.active)],
    ["Bytes", formatByteRate(taken.bytesPerSecond), formatByteRate(made.bytesPerSecond)],
    ["in all", formatBytes(taken.bytes), formatBytes(made.bytes)],
    ["RTT p99", formatMicros(taken.rttP99), formatMicros(made.rttP99)],
  ];
  return (
    <section>
      <h3>Counters</h3>
      <table class="numbers">
        <thead>
          <tr>
            <td />
            <th scope="col">Taken</th>
            <th scope="col">Made</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, left, right, warns], i) => (
            <tr key={i} class={name === "in all" ? "less" : undefined}>
              <th scope="row">{name}</th>
              <td class={warns && left !== "0" ? "is-failing" : undefined}>{left}</td>
              <td class={warns && right !== "0" ? "is-failing" : undefined}>{right}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Every dependency of it on which connects ever failed, with the reasons. */
export function ServiceFailures({ picture, nowMs }: { picture: NodePicture; nowMs: number }) {
  const failed = [...picture.callers, ...picture.callees].filter(({ edge }) => edge.connectionsFailed > 0);
  if (failed.length === 0) return null;
  failed.sort((a, b) => b.edge.connectionsFailed - a.edge.connectionsFailed);
  return (
    <section>
      <h3>Failures</h3>
      <ul class="failures">
        {failed.slice(0, 10).map((edge) => (
          <Failure key={edge.edge.id} picture={edge} nowMs={nowMs} />
        ))}
      </ul>
      {failed.length > 10 && <p class="muted">And {failed.length - 10} more dependencies.</p>}
    </section>
  );
}

function Failure({ picture: { edge, source, target }, nowMs }: { picture: EdgePicture; nowMs: number }) {
  const reasons = failureReasons(edge).map(({ reason, count }) => `${formatExact(count)} ${reason}`);
  return (
    <li>
      <button type="button" class="link" onClick={() => select({ kind: "edge", id: edge.id })}>
        {source.name} → {target.name} {endpointText(edge)}
      </button>
      <div>
        {reasons.join(", ") || `${formatExact(edge.connectionsFailed)} failed`}.{" "}
        <span class="muted">{lastFailureText(edge, nowMs)}</span>
      </div>
    </li>
  );
}
