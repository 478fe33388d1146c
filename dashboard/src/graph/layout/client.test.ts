import { beforeEach, describe, expect, it } from "vitest";
import { graphOf } from "../../../test/random";
import { LayoutClient, layOut } from "./client";
import { freshPlacement } from "./layout";
import { answer } from "./request";

const graph = graphOf(["a>b", "b>c"], true);

/** Answers when it is told to, as a worker on another thread would. */
class SlowWorker extends EventTarget {
  readonly asked: { token: number; request: { graph: typeof graph; before: null } }[] = [];
  postMessage(message: SlowWorker["asked"][number]) {
    this.asked.push(structuredClone(message));
  }
  answer(i: number) {
    const asked = this.asked[i] as SlowWorker["asked"][number];
    const data = structuredClone({ token: asked.token, answer: answer(asked.request) });
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
  terminate() {}
}

const clientOf = (worker: SlowWorker) => new LayoutClient(() => worker as unknown as Worker);

describe("laying out beside the page", () => {
  beforeEach(() => performance.clearMeasures());

  it("gives what the layout gives, and measures it", async () => {
    const worker = new SlowWorker();
    const placement = clientOf(worker).layOut({ graph, before: null });
    worker.answer(0);
    expect(await placement).toEqual(freshPlacement(graph));
    const measure = performance.getEntriesByName("tendril:layout")[0] as PerformanceMeasure | undefined;
    expect(measure?.detail).toEqual({ nodes: 3, fresh: true });
    expect(measure?.duration).toBeGreaterThan(0);
  });

  it("drops an answer when another was asked for since", async () => {
    const worker = new SlowWorker();
    const client = clientOf(worker);
    const first = client.layOut({ graph, before: null });
    const second = client.layOut({ graph: graphOf(["x>y"]), before: null });
    worker.answer(0);
    worker.answer(1);
    expect(await first).toBeNull();
    expect([...((await second)?.nodes.keys() ?? [])].sort()).toEqual(["x", "y"]);
  });

  it("lays out on this thread when the worker fails, at once or later", async () => {
    const worker = new SlowWorker();
    const client = clientOf(worker);
    const placement = client.layOut({ graph, before: null });
    worker.dispatchEvent(new Event("error"));
    expect((await placement)?.nodes.size).toBe(3);
    const refused = new LayoutClient(() => {
      throw new Error("refused by policy");
    });
    expect((await refused.layOut({ graph, before: null }))?.nodes.size).toBe(3);
    expect((await client.layOut({ graph, before: freshPlacement(graph) }))?.nodes.size).toBe(3);
  });

  it("needs no worker", async () => {
    expect((await layOut({ graph, before: null }))?.nodes.size).toBe(3);
  });
});
