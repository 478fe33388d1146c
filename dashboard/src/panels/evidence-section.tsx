import { useEffect, useState } from "preact/hooks";
import { fetchEdge } from "../api/client";
import type { ConnectionSample, EdgeAnswer, EdgeReport, GraphEdge } from "../api/types";
import { reportCounts, reportText, resolutionText } from "../graph/edge-words";
import { formatMicros, plural } from "../graph/units";
import { Clock, Fact, Since } from "./facts";

const mostReports = 8;

/** Every report behind an edge, as the operator answers it: asked when the panel opens, and when the reader asks again. */
export function EvidenceSection({ edge, nowMs }: { edge: GraphEdge; nowMs: number }) {
  const [answer, setAnswer] = useState<EdgeAnswer | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [asked, setAsked] = useState(1);
  useEffect(() => {
    const abort = new AbortController();
    setError(null);
    fetchEdge(edge.id, abort.signal).then(setAnswer, (reason) => {
      if (!abort.signal.aborted) setError(reason instanceof Error ? reason.message : String(reason));
    });
    return () => abort.abort();
  }, [edge.id, asked]);

  return (
    <section aria-busy={!answer && !error}>
      <h3>
        Who reported it
        <button type="button" class="link again" onClick={() => setAsked(asked + 1)}>
          Ask again
        </button>
      </h3>
      {error && (
        <p class="muted" role="status">
          Not known: {error}.
        </p>
      )}
      {!error && !answer && <p class="muted">Asking the operator…</p>}
      {answer && <Answer answer={answer} edge={edge} nowMs={nowMs} />}
    </section>
  );
}

function Answer({ answer, edge, nowMs }: { answer: EdgeAnswer; edge: GraphEdge; nowMs: number }) {
  const reports = answer.reports ?? [];
  const more = Math.max(0, reports.length - mostReports) + (answer.reportsLeftOut ?? 0);
  return (
    <>
      {reports.length === 0 && <p>No report is kept of it any more: its counters are from agents that have ended.</p>}
      <ul class="reports">
        {reports.slice(0, mostReports).map((report, i) => (
          <Report key={i} report={report} edge={edge} nowMs={nowMs} />
        ))}
      </ul>
      {more > 0 && (
        <p class="muted">
          And {plural(more, "more report")}: <code>tendril explain --json</code>
        </p>
      )}
      <dl class="facts">
        {answer.source && <Fact name="Client's name">by {answer.source.namedBy}</Fact>}
        {answer.target && <Fact name="Server's name">by {answer.target.namedBy}</Fact>}
      </dl>
      <Samples samples={answer.samples ?? []} />
    </>
  );
}

function Report({ report, edge, nowMs }: { report: EdgeReport; edge: GraphEdge; nowMs: number }) {
  return (
    <li>
      {reportText(report, edge)}; first <Since time={report.firstSeen} nowMs={nowMs} />, last{" "}
      <Since time={report.lastSeen} nowMs={nowMs} />.<div class="muted">{reportCounts(report, edge)}.</div>
      <div class="muted">
        {resolutionText(report)}
        {report.since && (
          <>
            , since <Clock time={report.since} />
          </>
        )}
        .
      </div>
      {report.serverName && <div class="muted">It knew the address as {report.serverName}.</div>}
      {report.dialled?.length > 0 && <div class="muted">It dialled {report.dialled.join(", ")}.</div>}
      {report.process.exe && <div class="muted path">{report.process.exe}</div>}
    </li>
  );
}

/** The newest single connections. */
function Samples({ samples }: { samples: ConnectionSample[] }) {
  if (samples.length === 0) return null;
  const newest = [...samples].sort((a, b) => Date.parse(b.time) - Date.parse(a.time)).slice(0, 4);
  return (
    <>
      <h4>Newest connections</h4>
      <ul class="samples">
        {newest.map((sample, i) => (
          <li key={i}>
            <code>
              {sample.local || "local"} {sample.role === "client" ? "→" : "←"} {sample.remote || "local"}
            </code>
            <div class="muted">
              {new Date(sample.time).toLocaleTimeString()}, {sample.comm} (pid {sample.pid}) as {sample.role} on{" "}
              {sample.host}
              {sample.dialled && `, dialled ${sample.dialled}`}
              {sample.rttMicros !== null && `, RTT ${formatMicros(sample.rttMicros)}`}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
