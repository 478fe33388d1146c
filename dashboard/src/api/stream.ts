import { errorOf } from "./client";
import { backOffMs, deadAfterMs, initialLink, type Link } from "./link";
import { type ServerEvent, ServerEventParser } from "./sse";
import type { GraphChanges, GraphSnapshot, Heartbeat } from "./types";

/** What the stream hands on. `changes` answers false when they do not fit what is held: a snapshot is asked for then. */
export interface StreamSink {
  snapshot(snapshot: GraphSnapshot): void;
  changes(changes: GraphChanges): boolean;
  heartbeat(heartbeat: Heartbeat): void;
  link(link: Link): void;
}

/** The live stream: connects, resumes after a break where it stopped, backs off, and never gives up until closed. */
export class GraphStream {
  #link: Link = initialLink;
  #lastEventId = "";
  #abort = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #closed = true;

  constructor(
    private readonly sink: StreamSink,
    private readonly address = "api/stream",
  ) {}

  open(): void {
    this.#closed = false;
    void this.#run();
  }

  /** Tries at once instead of waiting for the back-off. */
  retryNow(): void {
    if (this.#link.connected || this.#closed) return;
    clearTimeout(this.#timer);
    void this.#run();
  }

  /** Gives the connection back; open() goes on where this stopped. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    // A try that is still under way gives way to this one, and its end is not reported.
    this.#abort.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#update({ retryAt: null });
    let reason = "the operator closed the stream";
    try {
      await this.#read(abort);
    } catch (error) {
      reason = this.#explain(error, abort);
    }
    clearTimeout(this.#watchdog);
    if (!this.#closed && this.#abort === abort) this.#retryLater(reason);
  }

  async #read(abort: AbortController): Promise<void> {
    this.#watch(abort);
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (this.#lastEventId) headers["last-event-id"] = this.#lastEventId;
    const response = await fetch(this.address, { headers, signal: abort.signal, cache: "no-store" }).catch(unreachable);
    if (!response.ok || !response.body) throw await errorOf(response);
    const parser = new ServerEventParser();
    const text = new TextDecoder();
    const reader = response.body.getReader();
    const next = () => reader.read().catch(unreachable);
    for (let chunk = await next(); !chunk.done; chunk = await next()) {
      for (const event of parser.push(text.decode(chunk.value, { stream: true }))) this.#take(event);
      this.#watch(abort);
    }
  }

  #take(event: ServerEvent): void {
    const data = JSON.parse(event.data);
    if (event.event === "snapshot") this.sink.snapshot(data);
    else if (event.event === "heartbeat") this.sink.heartbeat(data);
    else if (event.event === "changes" && !this.sink.changes(data)) {
      this.#lastEventId = "";
      throw new Error("changes were missed, asking for the whole graph");
    }
    if (event.id) this.#lastEventId = event.id;
    this.#update({ connected: true, lastMessageAt: Date.now(), failures: 0, error: null, retryAt: null });
  }

  #watch(abort: AbortController): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => abort.abort("silent"), deadAfterMs);
  }

  #retryLater(reason: string): void {
    const failures = this.#link.failures + 1;
    const delay = backOffMs(failures, Math.random());
    this.#update({ connected: false, failures, error: reason, retryAt: Date.now() + delay });
    this.#timer = setTimeout(() => void this.#run(), delay);
  }

  #explain(error: unknown, abort: AbortController): string {
    if (abort.signal.reason === "silent") return `the operator was silent for ${deadAfterMs / 1000} s`;
    if (error instanceof SyntaxError) return "the operator's answer could not be read";
    return error instanceof Error ? error.message : String(error);
  }

  #update(change: Partial<Link>): void {
    this.#link = { ...this.#link, ...change };
    this.sink.link(this.#link);
  }
}

/** The browsers' own words for "nobody listens there" differ and say little. */
function unreachable(cause: unknown): never {
  throw new Error("the operator does not answer", { cause });
}
