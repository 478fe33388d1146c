import { between } from "../graph/group-words";
import type { Picture } from "../graph/picture";
import { sumOfEdges } from "../graph/sums";
import { formatByteRate, formatBytes, formatExact, formatMicros, formatRate, plural } from "../graph/units";
import { select } from "../ui/address";
import { groupBy } from "../ui/grouping";
import { EdgeList } from "./edge-list";
import { Fact } from "./facts";
import { GonePanel, Panel } from "./panel";

/** A ribbon of the map: the dependencies that it stands for. */
export function BetweenPanel({ source, target, whole }: { source: string; target: string; whole: Picture }) {
  const found = between(source, target, groupBy.value, whole.nodes, whole.edges.values());
  if (!found) return <GonePanel what="connection of groups" />;
  const { sourceTitle, targetTitle, edges } = found;
  const sum = sumOfEdges(edges);
  const open = (id: string) => select({ kind: whole.nodes.has(id) ? "node" : "group", id });
  return (
    <Panel
      id={`${source} ${target}`}
      title={
        <>
          {sourceTitle} <span class="muted">→</span> {targetTitle}
        </>
      }
    >
      <p class="subtitle">{plural(edges.length, "dependency", "dependencies")}</p>
      <div class="actions">
        <button type="button" onClick={() => open(source)}>
          {sourceTitle}
        </button>
        <button type="button" onClick={() => open(target)}>
          {targetTitle}
        </button>
      </div>
      <dl class="counters">
        <Fact name="Opened">
          {formatRate(sum.openedPerSecond)} <small>{formatExact(sum.opened)} in all</small>
        </Fact>
        <Fact name="Failed">
          <span class={sum.failed > 0 ? "is-failing" : ""}>{formatExact(sum.failed)}</span>{" "}
          <small>{formatRate(sum.failedPerSecond)}</small>
        </Fact>
        <Fact name="Open now">{formatExact(sum.active)}</Fact>
        <Fact name="Bytes">
          {formatByteRate(sum.bytesPerSecond)} <small>{formatBytes(sum.bytes)} in all</small>
        </Fact>
        <Fact name="RTT p99" title="The slowest of them">
          {formatMicros(sum.rttP99)}
        </Fact>
      </dl>
      <section>
        <h3>Dependencies</h3>
        {edges.length === 0 && <p class="muted">None is left.</p>}
        <EdgeList edges={edges} />
      </section>
    </Panel>
  );
}
