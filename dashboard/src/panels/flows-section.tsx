import { useEffect, useRef, useState } from "preact/hooks";
import { followFlows } from "../api/flows";
import type { FlowEvent } from "../api/types";
import { formatBytes, formatExact, formatMicros, plural } from "../graph/units";
import { Sign } from "../ui/signs";

const mostLines = 200;
/** Lines come in bursts; the list is drawn anew at most this often. */
const drawnEveryMs = 250;

interface Line {
  number: number;
  flow: FlowEvent;
}

/** Single connections of one dependency as they come and go. Asked for only when the reader wants them. */
export function FlowsSection({ edgeId }: { edgeId: string }) {
  const [following, setFollowing] = useState(false);
  return (
    <section>
      <h3>
        Live connections
        {following && (
          <button type="button" class="link again" onClick={() => setFollowing(false)}>
            Stop
          </button>
        )}
      </h3>
      {following ? (
        <Flows edgeId={edgeId} />
      ) : (
        <p>
          <button type="button" onClick={() => setFollowing(true)}>
            <Sign name="play" /> Follow live
          </button>{" "}
          <span class="muted">each connection as it is opened, closed, or fails</span>
        </p>
      )}
    </section>
  );
}

function Flows({ edgeId }: { edgeId: string }) {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [lost, setLost] = useState(0);
  const [problem, setProblem] = useState<string | null>("connecting");
  const [paused, setPaused] = useState(false);
  const waiting = useRef<Line[]>([]);
  const holding = useRef(false);
  holding.current = paused;

  useEffect(() => {
    let number = 0;
    const stop = followFlows(edgeId, {
      flow(flow) {
        waiting.current.push({ number: ++number, flow });
        // While paused, and when more come than are kept, the oldest go.
        if (waiting.current.length > mostLines) waiting.current.shift();
      },
      lost: (count) => setLost((before) => before + count),
      state: setProblem,
    });
    const timer = setInterval(() => {
      if (holding.current || document.hidden || waiting.current.length === 0) return;
      const news = waiting.current.splice(0).reverse();
      setLines((before) => [...news, ...before].slice(0, mostLines));
    }, drawnEveryMs);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [edgeId]);

  return (
    <>
      <p class="flow-state">
        <button type="button" onClick={() => setPaused(!paused)}>
          <Sign name={paused ? "play" : "pause"} /> {paused ? "Go on" : "Pause"}
        </button>{" "}
        <span class="muted" role="status">
          {problem && `${problem}… `}
          {!problem && lines.length === 0 && "Waiting for the next connection… "}
          {lost > 0 && `${plural(lost, "connection")} left out, as there were too many. `}
          {lines.length === mostLines && `The newest ${formatExact(mostLines)}.`}
        </span>
      </p>
      <ol class="flows" aria-label="Newest first">
        {lines.map(({ number, flow }) => (
          <Flow key={number} flow={flow} />
        ))}
      </ol>
    </>
  );
}

function Flow({ flow }: { flow: FlowEvent }) {
  const failed = flow.kind === "failed";
  const ended = [
    flow.durationMicros !== null && `after ${formatMicros(flow.durationMicros)}`,
    flow.bytesSent !== null && `${formatBytes(flow.bytesSent)} sent`,
    flow.bytesReceived !== null && `${formatBytes(flow.bytesReceived)} received`,
    flow.rttMicros !== null && `RTT ${formatMicros(flow.rttMicros)}`,
  ].filter((part) => part !== false);
  return (
    <li>
      <time dateTime={flow.time}>{new Date(flow.time).toLocaleTimeString()}</time>{" "}
      <b class={failed ? "is-failing" : undefined}>
        {flow.kind}
        {failed && flow.reason ? `: ${flow.reason}` : ""}
      </b>{" "}
      <code>
        {flow.local || "local"} {flow.role === "client" ? "→" : "←"} {flow.remote || "local"}
      </code>
      <div class="muted">
        {flow.comm} (pid {flow.pid}) on {flow.host}
        {flow.dialled && `, dialled ${flow.dialled}`}
        {ended.length > 0 && `, ${ended.join(", ")}`}
      </div>
    </li>
  );
}
