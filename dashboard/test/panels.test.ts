import { expect, it } from "vitest";
import { fixtureGraph } from "../dev/fixture-graph.mjs";
import { describeInBrowser } from "./fixture-page";
import { cards, order, panel, until } from "./map-page";

const failing = "process:payment-service>process:api.payments.example/tcp/443";
const quiet = "process:product-service>process:redis/tcp/6379";
const edgeHash = (id: string) => `#edge=${encodeURIComponent(id)}`;

describeInBrowser("what is selected", ({ open }) => {
  it("a service: its callers, callees, and what breaks when it stops", async () => {
    const { page } = await open(`#node=${order}`);
    await until(async () => {
      const text = (await panel(page).textContent()) ?? "";
      for (const word of ["gateway", "payment-service", "postgresql", "3 services depend on it"])
        expect(text).toContain(word);
    });
  });

  it("a dependency: why it is there, why its connects failed, and who says so", async () => {
    const { page, complaints } = await open(edgeHash(failing));
    await until(async () => {
      const text = (await panel(page).textContent()) ?? "";
      expect(text).toContain("The client's agent on shop-host saw shop (pid 4105) connect to tcp/127.0.0.1:443");
      expect(text).toContain("The last was refused");
      expect(text).toContain("127.0.0.1:40000 → 127.0.0.1:443");
    });
    expect(complaints).toEqual([]);
  });

  it("a dependency of an operator without evidence: what it still tells, and that it has none", async () => {
    const { page } = await open(edgeHash(quiet), { evidence: false });
    await until(async () => {
      const text = (await panel(page).textContent()) ?? "";
      expect(text).toContain("Not known: HTTP 404");
      expect(text).toContain("tcp/10.96.0.7:6379");
    });
  });

  it("a dependency, live: its connections as they come, on request", async () => {
    const { page, server } = await open(edgeHash(failing));
    await panel(page)
      .getByRole("button", { name: /live|follow|watch/i })
      .first()
      .click();
    await until(async () => {
      server.tick();
      expect(await panel(page).textContent()).toMatch(/127\.0\.0\.1:400\d\d/);
    });
  });

  it("a service on a page of its own, and back on the map", async () => {
    const { page } = await open(`#node=${order}&wide`);
    await until(async () => expect(await page.locator("main").textContent()).toContain("order-service"));
    await page.keyboard.press("m");
    await cards(page, 13);
  });

  it("the agents: what was folded beyond a limit, and the flag that raises it", async () => {
    const { page } = await open("#view=agents", { graph: (seconds) => fixtureGraph(seconds, { folded: 3412 }) });
    await until(async () => {
      const text = (await page.locator("main").textContent()) ?? "";
      expect(text).toContain("3,412 outside addresses folded");
      expect(text).toContain("--max-external");
      expect(text).toContain("1,203 of 1,204 open connections explained (99.9 %)");
    });
  });

  it("the changes since a mark: what came and what went", async () => {
    const { page, server } = await open("#view=changes");
    await page.getByRole("button", { name: /mark/i }).first().click();
    const graph = fixtureGraph(0);
    const [node, edge] = [graph.nodes[2], graph.edges[1]];
    const added = { ...node, id: "new", name: "audit-service" };
    const call = { ...edge, id: "new-edge", source: order, target: "new" };
    server.push({
      ...graph,
      fromVersion: 1,
      version: 2,
      nodes: [added],
      edges: [call],
      removedNodes: ["process:shipping-service"],
      removedEdges: ["process:notification-service>process:shipping-service/tcp/8007"],
    });
    await until(async () => {
      const text = (await page.locator("main").textContent()) ?? "";
      expect(text).toContain("audit-service");
      expect(text).toContain("shipping-service");
    });
  });
});
