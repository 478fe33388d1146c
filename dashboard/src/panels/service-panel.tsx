import type { GraphModel } from "../graph/model";
import type { EdgePicture, NodePicture, Picture } from "../graph/picture";
import { go } from "../ui/address";
import { KindIcon } from "../view/icons";
import { Fact, HealthWord, ServiceLink, Since, StaleMark } from "./facts";
import { ImpactSection } from "./impact-section";
import { Panel } from "./panel";
import { ServiceActions } from "./service-actions";
import { ServiceCounters, ServiceFailures } from "./service-numbers";
import { WalkDiagram } from "./walk-diagram";
import { WhereSection } from "./where-section";

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
        <StaleMark of={node} />
        {node.inCycle && <span title="It depends on itself through others">in a cycle</span>}
      </p>
      {node.kind === "other" && (
        <p class="notice">
          Many that were beyond a limit, shown as one ({node.namedBy}).{" "}
          <button type="button" class="link" onClick={() => go({ view: "agents", wide: false })}>
            Limits, and the flags that raise them
          </button>
        </p>
      )}
      <Problems picture={picture} />
      <ServiceActions key={node.id} picture={picture} whole={whole} />
      <WalkDiagram picture={picture} />
      <div class="sections">
        <ServiceCounters picture={picture} />
        <ServiceFailures picture={picture} nowMs={model.timeMs} />
        <ImpactSection id={node.id} name={node.name} topology={model.topology} nodes={whole.nodes} />
        <WhereSection node={node} />
        <section>
          <h3>About</h3>
          <dl class="facts">
            <Fact name="Named by" title="How it got its name">
              {node.namedBy}
            </Fact>
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
      </div>
    </Panel>
  );
}

/** Which connects fail, in a sentence with the way there. */
function Problems({ picture }: { picture: NodePicture }) {
  const failing = (edges: EdgePicture[]) => edges.filter((edge) => edge.health === "failing").slice(0, 5);
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
