import type { Evidence } from "../api/types";
import type { EdgePicture } from "../graph/picture";
import { formatExact, plural } from "../graph/units";
import { Counters } from "./counters";
import { Fact, HealthWord, ServiceLink, Since } from "./facts";
import { Panel } from "./side-panel";

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
        <span>
          {edge.transport} :{edge.port}
        </span>
      </p>
      {health === "failing" && (
        <p class="problem">
          {edge.connectionsOpened === 0
            ? `None of ${plural(edge.connectionsFailed, "connect")} was ever answered.`
            : `Connects failed in the last minute; ${formatExact(edge.connectionsFailed)} in all.`}{" "}
          Look whether {target.name} listens on port {edge.port}, and whether a firewall is between.
        </p>
      )}
      <Counters picture={picture} />
      <section>
        <h3>Ends</h3>
        <dl class="facts">
          <Fact name="Client">
            <ServiceLink id={source.id} name={source.name} />
          </Fact>
          <Fact name="Server">
            <ServiceLink id={target.id} name={target.name} />
          </Fact>
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
          <Fact name="Strength" title="By connections and bytes against the rest of the graph, on a logarithmic scale">
            {edge.strength} of 10
          </Fact>
        </dl>
      </section>
    </Panel>
  );
}
