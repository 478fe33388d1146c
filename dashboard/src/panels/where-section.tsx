import type { GraphNode } from "../api/types";
import { plural } from "../graph/units";

const fewProcesses = 12;

export function WhereSection({ node }: { node: GraphNode }) {
  return (
    <section>
      <h3>Where it runs</h3>
      <dl class="facts">
        <div class="fact">
          <dt>{node.hosts.length === 1 ? "Host" : "Hosts"}</dt>
          <dd>{node.hosts.join(", ") || "not on a host with an agent"}</dd>
        </div>
        {node.namespace && (
          <div class="fact">
            <dt>Namespace</dt>
            <dd>{node.namespace}</dd>
          </div>
        )}
        <div class="fact">
          <dt>Endpoints</dt>
          <dd>
            {node.endpoints.length === 0
              ? "listens nowhere"
              : node.endpoints.map((text) => <code key={text}>{text}</code>)}
          </dd>
        </div>
      </dl>
      <Processes node={node} />
    </section>
  );
}

function Processes({ node }: { node: GraphNode }) {
  if (node.processes.length === 0) return null;
  const more = node.processes.length - fewProcesses;
  return (
    <>
      <ul class="processes" aria-label={plural(node.processes.length, "process", "processes")}>
        {node.processes.slice(0, fewProcesses).map((process) => (
          <li key={`${process.host}/${process.pid}`} class={process.alive ? "" : "ended"}>
            <code>{process.pid}</code> <b>{process.comm}</b> {!process.alive && "(ended)"}
            {node.hosts.length > 1 && <span class="muted"> on {process.host}</span>}
            <div class="muted path">{process.exe || "executable unknown"}</div>
          </li>
        ))}
      </ul>
      {more > 0 && <p class="muted">And {plural(more, "more process", "more processes")}.</p>}
    </>
  );
}
