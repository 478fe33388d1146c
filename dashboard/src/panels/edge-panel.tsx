import type { Evidence } from "../api/types";
import { endpointText, failureAdvice, failureReasons, lastFailureText } from "../graph/edge-words";
import type { EdgePicture } from "../graph/picture";
import { formatExact, plural } from "../graph/units";
import { Counters } from "./counters";
import { EvidenceSection } from "./evidence-section";
import { Fact, HealthWord, ServiceLink, Since, StaleMark } from "./facts";
import { FlowsSection } from "./flows-section";
import { HistorySection } from "./history-section";
import { Panel } from "./panel";

const evidenceWords: Record<Evidence, string> = {
  client: "An agent saw the client connect. No agent sees the server's side.",
  server: "An agent saw the server accept. No agent sees the client's side.",
  both: "Agents saw both ends: the client connect and the server accept. Each connection is counted once.",
};

export function EdgePanel({ picture, nowMs }: { picture: EdgePicture; nowMs: number }) {
  const { edge, source, target, health } = picture;
  return (
    <Panel
      id={edge.id}
      title={
        <>
          {source.name} <span class="muted">→</span> {target.name}
        </>
      }
    >
      <p class="subtitle">
        <HealthWord health={health} />
        <StaleMark of={edge} />
        <span class="path">{endpointText(edge)}</span>
      </p>
      {health === "failing" && (
        <p class="problem">
          {edge.connectionsOpened === 0
            ? `None of ${plural(edge.connectionsFailed, "connect")} ever succeeded.`
            : `Connects failed in the last minute; ${formatExact(edge.connectionsFailed)} in all.`}{" "}
          {failureAdvice(edge, target)}
        </p>
      )}
      <Counters picture={picture} />
      <HistorySection picture={picture} />
      <Failures picture={picture} nowMs={nowMs} />
      <div class="sections">
        <section>
          <h3>Ends</h3>
          <dl class="facts">
            <Fact name="Client">
              <ServiceLink id={source.id} name={source.name} />
            </Fact>
            <Fact name="Server">
              <ServiceLink id={target.id} name={target.name} />
            </Fact>
            {edge.dialled && edge.dialled.length > 0 && (
              <Fact
                name="Dialled"
                title="What clients asked for; another endpoint answered, so a load balancer or NAT is between"
              >
                {edge.dialled.map((endpoint) => (
                  <code key={endpoint}>{endpoint}</code>
                ))}
                <span class="muted">answered by another endpoint: a load balancer or NAT is between</span>
              </Fact>
            )}
          </dl>
        </section>
        <section>
          <h3>Why this is on the map</h3>
          <p>{evidenceWords[edge.evidence] ?? edge.evidence}</p>
          <dl class="facts">
            <Fact name="First seen">
              <Since time={edge.firstSeen} nowMs={nowMs} />
            </Fact>
            <Fact name="Last seen">
              <Since time={edge.lastSeen} nowMs={nowMs} />
            </Fact>
            <Fact
              name="Strength"
              title="By connections and bytes against the rest of the graph, on a logarithmic scale"
            >
              {edge.strength} of 10
            </Fact>
          </dl>
        </section>
        <EvidenceSection key={edge.id} edge={edge} nowMs={nowMs} />
        <FlowsSection key={`flows ${edge.id}`} edgeId={edge.id} />
      </div>
    </Panel>
  );
}

/** Why connects failed, also long after: what fails seldom is found here. */
function Failures({ picture: { edge }, nowMs }: { picture: EdgePicture; nowMs: number }) {
  const reasons = failureReasons(edge);
  if (reasons.length === 0) return null;
  return (
    <section>
      <h3>Why connects failed</h3>
      <dl class="facts">
        {reasons.map(({ reason, count }) => (
          <Fact key={reason} name={formatExact(count)}>
            {reason}
          </Fact>
        ))}
      </dl>
      <p>{lastFailureText(edge, nowMs)}</p>
    </section>
  );
}
