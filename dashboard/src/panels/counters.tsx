import type { GraphEdge } from "../api/types";
import type { EdgePicture } from "../graph/picture";
import { formatByteRate, formatBytes, formatExact, formatMicros, formatRate } from "../graph/units";
import { Fact } from "./facts";

/** All the counters of one dependency. Bytes are seen from the client. */
export function Counters({ picture }: { picture: EdgePicture }) {
  const { edge, rates } = picture;
  const udp = edge.transport === "udp";
  return (
    <dl class="counters">
      <Fact name={udp ? "Conversations" : "Opened"} title={udp ? "Conversations begun" : "Connections established"}>
        {formatExact(edge.connectionsOpened)} <small>{formatRate(rates?.openedPerSecond ?? null)}</small>
      </Fact>
      <Fact name="Failed" title="Connects that were never answered or refused">
        <span class={edge.connectionsFailed > 0 ? "is-failing" : ""}>{formatExact(edge.connectionsFailed)}</span>{" "}
        <small>{formatRate(rates?.failedPerSecond ?? null)}</small>
      </Fact>
      {!udp && (
        <Fact name="Active" title="Connections open now">
          {formatExact(edge.connectionsActive)}
        </Fact>
      )}
      <Fact name="Sent" title={`Bytes from client to server: ${formatExact(edge.bytesSent)}`}>
        {formatBytes(edge.bytesSent)} <small>{formatByteRate(rates?.sentBytesPerSecond ?? null)}</small>
      </Fact>
      <Fact name="Received" title={`Bytes from server to client: ${formatExact(edge.bytesReceived)}`}>
        {formatBytes(edge.bytesReceived)} <small>{formatByteRate(rates?.receivedBytesPerSecond ?? null)}</small>
      </Fact>
      {udp && <DatagramFacts edge={edge} />}
      {edge.transport === "tcp" && <TcpFacts edge={edge} />}
    </dl>
  );
}

function DatagramFacts({ edge }: { edge: GraphEdge }) {
  return (
    <>
      <Fact name="Datagrams out" title="From client to server">
        {formatExact(edge.datagramsSent ?? 0)}
      </Fact>
      <Fact name="Datagrams back" title="From server to client">
        {formatExact(edge.datagramsReceived ?? 0)}
      </Fact>
    </>
  );
}

function TcpFacts({ edge }: { edge: GraphEdge }) {
  return (
    <>
      <Fact name="Retransmits" title="Segments sent again">
        {formatExact(edge.retransmits)}
      </Fact>
      <Fact name="RTT p50" title="Half of the measured round trips were faster">
        {formatMicros(edge.rttMicros?.p50)}
      </Fact>
      <Fact name="RTT p99" title="99 of 100 measured round trips were faster">
        {formatMicros(edge.rttMicros?.p99)}
      </Fact>
    </>
  );
}
