import type { Placement } from "./geometry";
import type { LayoutAnswer, LayoutRequest } from "./request";

interface Waiting {
  token: number;
  request: LayoutRequest;
  resolve: (placement: Placement | null) => void;
  reject: (reason: unknown) => void;
}

/** Starts the worker; may throw, or return null where there are none. */
export type StartWorker = () => Worker | null;

/** Lays out in a worker, and on this thread where there is none or it fails. */
export class LayoutClient {
  private worker: Worker | null = null;
  private started = false;
  private waiting: Waiting | null = null;
  private lastToken = 0;

  constructor(private readonly start: StartWorker) {}

  /** The placement, or null when another was asked for before this one was there: then nobody wants it any more. */
  layOut(request: LayoutRequest): Promise<Placement | null> {
    this.waiting?.resolve(null);
    return new Promise((resolve, reject) => {
      const waiting = { token: ++this.lastToken, request, resolve, reject };
      this.waiting = waiting;
      const worker = this.startOnce();
      if (worker) worker.postMessage({ token: waiting.token, request });
      else this.hereIfWanted(waiting);
    });
  }

  /** Starts the worker, if it has not been, so that it is there when the first graph comes. */
  startOnce(): Worker | null {
    if (this.started) return this.worker;
    this.started = true;
    try {
      this.worker = this.start();
    } catch {
      this.worker = null;
    }
    this.worker?.addEventListener("message", ({ data }: MessageEvent<{ token: number; answer: LayoutAnswer }>) => {
      if (this.waiting?.token === data.token) this.finish(this.waiting, data.answer);
    });
    // A worker that could not be loaded says so only here. It is not tried again: what it was asked is done on this thread.
    const fail = () => {
      this.worker?.terminate();
      this.worker = null;
      if (this.waiting) this.hereIfWanted(this.waiting);
    };
    this.worker?.addEventListener("error", fail);
    this.worker?.addEventListener("messageerror", fail);
    return this.worker;
  }

  /** Loads the layout only now: where there is a worker, the page itself has no use for it. */
  private async hereIfWanted(waiting: Waiting): Promise<void> {
    try {
      const { answer } = await import("./request");
      if (this.waiting === waiting) this.finish(waiting, answer(waiting.request));
    } catch (error) {
      waiting.reject(error);
    }
  }

  private finish({ request, resolve }: Waiting, { placement, milliseconds }: LayoutAnswer): void {
    this.waiting = null;
    performance.measure("tendril:layout", {
      start: Math.max(0, performance.now() - milliseconds),
      duration: milliseconds,
      detail: { nodes: request.graph.nodes.length, fresh: request.before === null },
    });
    resolve(placement);
  }
}

const client = new LayoutClient(() =>
  typeof Worker === "undefined" ? null : new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }),
);

/** To be called as early as can be: the worker then loads while the page waits for its graph. */
export function startLayouts(): void {
  client.startOnce();
}

/** The page's layouts, one at a time: a later request makes an earlier one void (null). */
export function layOut(request: LayoutRequest): Promise<Placement | null> {
  return client.layOut(request);
}
