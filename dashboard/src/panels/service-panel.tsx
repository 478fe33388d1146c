import type { GraphNode } from "../api/types";
import { endpointText } from "../graph/edge-words";
import type { GraphModel } from "../graph/model";
import type { EdgePicture, NodePicture, Picture } from "../graph/picture";
import { formatRate, plural } from "../graph/units";
import { go, select } from "../ui/address";
import { KindIcon } from "../view/icons";
import { Counters } from "./counters";
import { Fact, HealthWord, ServiceLink, Since } from "./facts";
import { ImpactSection } from "./impact-section";
import { Panel } from "./side-panel";

const kindWords: Record<string, string> = {
  systemd: "systemd unit",
  kubernetes: "Kubernetes workload",
  address: "an address nobody is known to listen on",
  other: "folded together",
};

const tierWords = { edge: "entry", service: "service", data: "data store", external: "external" };

export function ServicePanel({ picture, model, whole }: { picture: NodePicture; model: GraphModel; whole: Picture }) {
  const { node, health } = picture;
  return (
    <Panel
      id={node.id}
      title={
        <>
          <KindIcon node={node} /> {node.name}
        </>
      }
    >
      <p class="subtitle">
        <HealthWord health={health} />
        <span>{kindWords[node.kind] ?? node.kind}</span>
        <span>{tierWords[node.tier] ?? node.tier}</span>
        {node.port !== null && (
          <span>
            {node.ip}:{node.port}
          </span>
        )}
        {node.inCycle && <span title="It depends on itself through others">in a cycle</span>}
      </p>
      {node.kind === "other" && (
        <p class="notice">
          Many that were beyond a limit, shown as one ({node.namedBy}).{" "}
          <button type="button" class="link" onClick={() => go({ view: "agents" })}>
            Limits, and the flags that raise them
          </button>
        </p>
      )}
      <Problems picture={picture} />
      <ImpactSection id={node.id} name={node.name} topology={model.topology} nodes={whole.nodes} />
      <EdgeList title="Callers" edges={picture.callers} end="source" none="Nobody was seen calling it." />
      <EdgeList title="Calls" edges={picture.callees} end="target" none="It was not seen calling anybody." />
      <Where node={node} />
      <section>
        <h3>About</h3>
        <dl class="facts">
          <Fact name="Named by">{node.namedBy}</Fact>
          <Fact name="First seen">
            <Since time={node.firstSeen} nowMs={model.timeMs} />
          </Fact>
          <Fact name="Last seen">
            <Since time={node.lastSeen} nowMs={model.timeMs} />
          </Fact>
          {Object.entries(node.tags ?? {}).map(([key, value]) => (
            <Fact key={key} name={key}>
              {value}
            </Fact>
          ))}
        </dl>
      </section>
    </Panel>
  );
}

/** Which connects fail, in a sentence with the way there. */
function Problems({ picture }: { picture: NodePicture }) {
  const failing = (edges: EdgePicture[]) => edges.filter((edge) => edge.health === "failing");
  const from = failing(picture.callers);
  const to = failing(picture.callees);
  if (from.length + to.length === 0) return null;
  return (
    <p class="problem">
      {from.map(({ edge, source }) => (
        <span key={edge.id}>
          Connects from <ServiceLink id={source.id} name={source.name} /> fail.{" "}
        </span>
      ))}
      {to.map(({ edge, target }) => (
        <span key={edge.id}>
          Its connects to <ServiceLink id={target.id} name={target.name} /> fail.{" "}
        </span>
      ))}
    </p>
  );
}

interface EdgeListProps {
  title: string;
  edges: readonly EdgePicture[];
  end: "source" | "target";
  none: string;
}

function EdgeList({ title, edges, end, none }: EdgeListProps) {
  return (
    <section>
      <h3>
        {title} <span class="count">{edges.length}</span>
      </h3>
      {edges.length === 0 && <p class="muted">{none}</p>}
      {edges.map((picture) => (
        <article class="dependency" key={picture.edge.id}>
          <header>
            <HealthWord health={picture.health} />
            <ServiceLink id={picture[end].id} name={picture[end].name} />
            <button
              type="button"
              class="link port"
              title="This dependency: evidence and times"
              onClick={() => select({ kind: "edge", id: picture.edge.id })}
            >
              {endpointText(picture.edge)}
            </button>
            <span class="rate">{formatRate(picture.rates?.openedPerSecond ?? null)}</span>
          </header>
          <Counters picture={picture} />
        </article>
      ))}
    </section>
  );
}

function Where({ node }: { node: GraphNode }) {
  return (
    <section>
      <h3>Where it runs</h3>
      <dl class="facts">
        <Fact name={node.hosts.length === 1 ? "Host" : "Hosts"}>
          {node.hosts.join(", ") || "not on a host with an agent"}
        </Fact>
        <Fact name="Endpoints">
          {node.endpoints.length === 0
            ? "listens nowhere"
            : node.endpoints.map((text) => <code key={text}>{text}</code>)}
        </Fact>
      </dl>
      {node.processes.length > 0 && (
        <ul class="processes" aria-label={plural(node.processes.length, "process", "processes")}>
          {node.processes.map((process) => (
            <li key={`${process.host}/${process.pid}`} class={process.alive ? "" : "ended"}>
              <code>{process.pid}</code> <b>{process.comm}</b> {!process.alive && "(ended)"}
              {node.hosts.length > 1 && <span class="muted"> on {process.host}</span>}
              <div class="muted path">{process.exe || "executable unknown"}</div>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
