import type { EdgePicture } from "../graph/picture";
import { formatByteRate, formatMicros, formatRate } from "../graph/units";
import { historyOf } from "../ui/session";
import { Chart, type Series } from "./chart";

const opened: Series = { name: "opened", look: "", value: (point) => point.openedPerSecond };
const failed: Series = { name: "failed", look: "is-failing", value: (point) => point.failedPerSecond };
const bytes: Series = { name: "bytes", look: "", value: (point) => point.bytesPerSecond };
const median: Series = { name: "p50", look: "", value: (point) => point.rttP50 };
const slowest: Series = { name: "p99", look: "is-degraded", value: (point) => point.rttP99 };

/** How the dependency went on since the page was opened. */
export function HistorySection({ picture: { edge } }: { picture: EdgePicture }) {
  const history = historyOf(edge.id);
  if (!history || history.points.length < 2) {
    return (
      <section>
        <h3>Over this session</h3>
        <p class="muted">Charts begin with the next counters.</p>
      </section>
    );
  }
  const rates = edge.connectionsFailed > 0 ? [opened, failed] : [opened];
  return (
    <section>
      <h3>Over this session</h3>
      <div class="charts">
        <Chart
          title={edge.transport === "udp" ? "Conversations" : "Connections"}
          history={history}
          series={rates}
          format={formatRate}
        />
        {edge.transport !== "unix" && (
          <Chart title="Bytes" history={history} series={[bytes]} format={formatByteRate} />
        )}
        {edge.transport === "tcp" && edge.rttMicros && (
          <Chart title="Round trip" history={history} series={[median, slowest]} format={formatMicros} />
        )}
      </div>
    </section>
  );
}
