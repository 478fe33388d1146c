import type { AgentStats, Capability, Limit, OperatorStats, ProgramCost, SelfCheck } from "../api/types";
import { costText, isReached, limitText, lossesOf, selfCheckText } from "../graph/coverage";
import { type GraphModel, sumOf } from "../graph/model";
import { formatCount, formatExact, formatMicros, plural } from "../graph/units";
import { agentCommand, Command } from "../ui/command";
import { Clock, Fact, Since } from "./facts";

/** Who looks, how well, and what was lost. */
export function AgentsScreen({ model }: { model: GraphModel }) {
  const { stats } = model;
  const sorted = [...stats.agents].sort(
    (a, b) => Number(a.connected) - Number(b.connected) || (a.hostname < b.hostname ? -1 : 1),
  );
  return (
    <div class="screen agents" id="screen">
      <h2>Agents and coverage</h2>
      <Summary stats={stats} />
      <Losses stats={stats} />
      {stats.agents.length === 0 && (
        <>
          <p>No agent has reported. Start one on each host whose services you want to see:</p>
          <Command text={agentCommand()} />
        </>
      )}
      <div class="agent-cards">
        {sorted.map((agent) => (
          <Agent key={`${agent.hostId}/${agent.startedAt}`} agent={agent} nowMs={model.timeMs} />
        ))}
      </div>
      <h2>Operator</h2>
      <div class="agent-cards">
        <section>
          <dl class="facts">
            <Fact name="Version">{stats.version}</Fact>
            <Fact name="Started">
              <Since time={stats.startedAt} nowMs={model.timeMs} />
            </Fact>
          </dl>
        </section>
        <Limits limits={stats.limits ?? []} />
      </div>
    </div>
  );
}

function Summary({ stats: { agents } }: { stats: OperatorStats }) {
  if (agents.length === 0) return null;
  const connected = agents.filter((agent) => agent.connected).length;
  const checks = agents.flatMap((agent) => agent.selfCheck ?? []);
  const sum = (value: (check: SelfCheck) => number) => checks.reduce((total, check) => total + value(check), 0);
  return (
    <p class="summary">
      {connected === agents.length
        ? plural(agents.length, "agent is", "agents are")
        : `${connected} of ${plural(agents.length, "agent")} ${connected === 1 ? "is" : "are"}`}{" "}
      connected
      {checks.length > 0 &&
        `; ${selfCheckText({ time: "", share: 0, sockets: sum((one) => one.sockets), explained: sum((one) => one.explained) })}`}
      .{connected < agents.length && " What silent hosts do is not seen: counts are lower bounds."}
    </p>
  );
}

function Losses({ stats }: { stats: OperatorStats }) {
  const overflows = sumOf(stats.counterOverflows);
  return (
    <>
      {stats.lostFlowEvents > 0 && (
        <p class="notice">
          <b>{plural(stats.lostFlowEvents, "flow event")} lost</b> because a buffer was full. Counters are exact: they
          do not depend on flow events. Only the list of single connections (<code>tendril observe</code>) has holes.
        </p>
      )}
      {overflows > 0 && (
        <p class="problem">
          <b>{plural(overflows, "count")} did not fit</b> into a full map in the kernel: numbers of new dependencies are
          lower bounds. Restart the agent with larger maps.
        </p>
      )}
      {stats.unattributedConnections > 0 && (
        <p class="muted">{plural(stats.unattributedConnections, "connection")} could not be given to a process.</p>
      )}
      {stats.suppressedFlowEvents > 0 && (
        <p class="muted">
          {formatCount(stats.suppressedFlowEvents)} flow events were left out to keep the cost flat; counters include
          them.
        </p>
      )}
    </>
  );
}

/** What the operator may hold, and what was beyond. */
function Limits({ limits }: { limits: Limit[] }) {
  if (limits.length === 0) return null;
  return (
    <section>
      <h3>Limits</h3>
      {limits.filter(isReached).map((limit) => (
        <p class="notice" key={limit.flag}>
          {limitText(limit)}
        </p>
      ))}
      <dl class="facts limits">
        {limits.map(({ flag, used, limit }) => (
          <Fact key={flag} name={flag}>
            {formatExact(used)} of {formatExact(limit)}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

function Agent({ agent, nowMs }: { agent: AgentStats; nowMs: number }) {
  const missing = agent.capabilities.filter((capability) => !capability.available);
  const check = agent.selfCheck;
  return (
    <section aria-label={agent.hostname}>
      <h3>
        {agent.hostname}{" "}
        <span class={`health ${agent.connected ? "is-active" : "is-failing"}`}>
          <span class="glyph" aria-hidden="true">
            {agent.connected ? "●" : "◆"}
          </span>
          {agent.connected ? "connected" : "not connected"}
        </span>
      </h3>
      <dl class="facts">
        <Fact name="Last report">
          <Since time={agent.lastSeen} nowMs={nowMs} />
        </Fact>
        <Fact name="Started">
          <Since time={agent.startedAt} nowMs={nowMs} />
        </Fact>
        <Fact name="Kernel">{agent.kernel}</Fact>
        <Fact name="Agent">{agent.agentVersion}</Fact>
        {agent.scope && <Fact name="Scope">{agent.scope}</Fact>}
        {check && (
          <Fact name="Self-check" title="Open connections that the kernel lists, against those in the counters">
            <span class={check.explained < check.sockets ? "is-degraded" : undefined}>{selfCheckText(check)}</span>,{" "}
            <Since time={check.time} nowMs={nowMs} />
          </Fact>
        )}
        <Fact name="Lost events">{formatExact(agent.lostFlowEvents)}</Fact>
        {lossesOf(agent).map((loss) => (
          <Fact key={loss} name="Lost">
            <span class="is-degraded">{loss}</span>
          </Fact>
        ))}
        {agent.wire.map((wire) => (
          <Fact key={wire.interface} name={`Wire ${wire.interface}`}>
            {formatCount(wire.packets)} packets, {formatCount(wire.connections)} connections
          </Fact>
        ))}
      </dl>
      {missing.length > 0 && <h4>What cannot be seen</h4>}
      {missing.length > 0 && (
        <ul class="capabilities">
          {missing.map((capability) => (
            <li key={capability.name}>
              <b>{capability.name}</b> is not available{capability.detail ? `: ${capability.detail}` : ""}
            </li>
          ))}
        </ul>
      )}
      <Costs programs={agent.programs ?? []} />
      <Hooks capabilities={agent.capabilities.filter((capability) => capability.available)} />
    </section>
  );
}

/** Only there while the kernel counts: sysctl kernel.bpf_stats_enabled. */
function Costs({ programs }: { programs: readonly ProgramCost[] }) {
  if (programs.length === 0) return null;
  const total = programs.reduce((sum, program) => sum + program.runTimeNs, 0);
  return (
    <details class="hooks">
      <summary>{formatMicros(total / 1000)} in BPF programs</summary>
      <ul class="capabilities">
        {[...programs]
          .sort((a, b) => b.runTimeNs - a.runTimeNs)
          .map((program) => (
            <li key={program.name}>
              <b>{program.name}</b>: {costText(program)}
            </li>
          ))}
      </ul>
    </details>
  );
}

function Hooks({ capabilities }: { capabilities: Capability[] }) {
  if (capabilities.length === 0) return null;
  return (
    <details class="hooks">
      <summary>{plural(capabilities.length, "hook")} attached</summary>
      <ul class="capabilities">
        {capabilities.map(({ name, since, detail }) => (
          <li key={name}>
            <b>{name}</b>
            {since && (
              <>
                {" "}
                since <Clock time={since} />
              </>
            )}
            {detail && <div class="muted">{detail}</div>}
          </li>
        ))}
      </ul>
    </details>
  );
}
