import { useEffect, useState } from "preact/hooks";
import { fetchImpact } from "../api/client";
import type { Impact } from "../api/types";
import type { NodePicture } from "../graph/picture";
import { plural } from "../graph/units";
import { ServiceLink } from "./facts";

const mostNames = 40;

interface Props {
  id: string;
  name: string;
  /** Asked again when the graph's shape changes, not when a counter does. */
  topology: number;
  nodes: ReadonlyMap<string, NodePicture>;
}

/** What breaks if this stops: the operator's answer, direct callers first. */
export function ImpactSection({ id, name, topology, nodes }: Props) {
  const [impact, setImpact] = useState<Impact | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    fetchImpact(id, abort.signal).then(
      (answer) => {
        setImpact(answer);
        setError(null);
      },
      (reason) => {
        if (!abort.signal.aborted) setError(reason instanceof Error ? reason.message : String(reason));
      },
    );
    return () => abort.abort();
  }, [id, topology]);

  return (
    <section>
      <h3>What breaks if this stops</h3>
      {error && <p class="muted">Not known: {error}.</p>}
      {!error && !impact && <p class="muted">Asking the operator…</p>}
      {!error && impact && <Answer impact={impact} name={name} nodes={nodes} />}
    </section>
  );
}

function Answer({ impact, name, nodes }: { impact: Impact; name: string; nodes: ReadonlyMap<string, NodePicture> }) {
  const direct = new Set(nodes.get(impact.id)?.callers.map((edge) => edge.edge.source));
  const dependents = impact.dependents.filter((id) => id !== impact.id);
  const near = dependents.filter((id) => direct.has(id));
  const far = dependents.filter((id) => !direct.has(id));
  const cycles = (impact.cycles ?? []).filter((cycle) => cycle.includes(impact.id) && cycle.length > 1);
  if (dependents.length === 0) return <p>Nothing seen so far depends on {name}.</p>;
  return (
    <>
      <p>
        <b>{plural(dependents.length, "service")}</b> {dependents.length === 1 ? "depends" : "depend"} on it.
      </p>
      <dl class="facts">
        <Names label="Directly" ids={near} nodes={nodes} />
        <Names label="Through others" ids={far} nodes={nodes} />
        {cycles.map((cycle) => (
          <Names key={cycle.join()} label="Cycle with" ids={cycle.filter((id) => id !== impact.id)} nodes={nodes} />
        ))}
      </dl>
    </>
  );
}

function Names({ label, ids, nodes }: { label: string; ids: string[]; nodes: ReadonlyMap<string, NodePicture> }) {
  if (ids.length === 0) return null;
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd class="names">
        {ids.slice(0, mostNames).map((id) => (
          <ServiceLink key={id} id={id} name={nodes.get(id)?.node.name ?? id} />
        ))}
        {ids.length > mostNames && <span class="muted">and {plural(ids.length - mostNames, "more service")}</span>}
      </dd>
    </div>
  );
}
