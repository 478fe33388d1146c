import { errorOf } from "./client";
import { backOffMs } from "./link";
import { ServerEventParser } from "./sse";
import type { FlowEvent, LostFlows } from "./types";

export interface FlowSink {
  flow(flow: FlowEvent): void;
  /** So many were left out, as this reader was too slow. */
  lost(count: number): void;
  /** Null: connected. */
  state(problem: string | null): void;
}

/** Single connections of one edge as they come and go, until the function it returns is called. */
export function followFlows(edgeId: string, sink: FlowSink): () => void {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  const run = async () => {
    let problem = "the operator closed the stream";
    try {
      await read(edgeId, abort.signal, (event, data) => {
        failures = 0;
        sink.state(null);
        if (event === "flow") sink.flow(data as FlowEvent);
        else if (event === "lost") sink.lost((data as LostFlows).lost);
      });
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (abort.signal.aborted) return;
    sink.state(problem);
    timer = setTimeout(run, backOffMs(++failures, Math.random()));
  };
  void run();
  return () => {
    clearTimeout(timer);
    abort.abort();
  };
}

async function read(edgeId: string, signal: AbortSignal, take: (event: string, data: unknown) => void): Promise<void> {
  const response = await fetch(`api/flows?edge=${encodeURIComponent(edgeId)}`, {
    headers: { accept: "text/event-stream" },
    cache: "no-store",
    signal,
  });
  if (!response.ok || !response.body) throw await errorOf(response);
  const parser = new ServerEventParser();
  const text = new TextDecoder();
  const reader = response.body.getReader();
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    for (const { event, data } of parser.push(text.decode(chunk.value, { stream: true })))
      take(event, JSON.parse(data));
  }
}
