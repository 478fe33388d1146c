import { fileURLToPath } from "node:url";
import type { GraphSnapshot } from "../../src/api/types";
import { until } from "../map-page";
import type { Place } from "./place";
import { Running } from "./process";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const artifacts = process.env.TENDRIL_ARTIFACTS ?? `${root}artifacts`;

/** A real operator on free ports; started again it has the same ones. */
export class Operator {
  #process: Running | null = null;
  /** Of the dashboard, with a slash at the end. */
  url = "";
  agents = "";

  constructor(private readonly settings: readonly string[] = []) {}

  async start(): Promise<this> {
    const [http, grpc] = [this.url ? new URL(this.url).host : "127.0.0.1:0", this.agents || "127.0.0.1:0"];
    const program = `${artifacts}/operator/tendril-operator`;
    this.#process = Running.start([program, "--http", http, "--grpc", grpc, ...this.settings]);
    //   dashboard  http://127.0.0.1:8080/   (REST API: http://127.0.0.1:8080/docs)
    //   agents     127.0.0.1:50051
    const words = async (start: string) => (await this.#process?.line(start))?.trim().split(/\s+/) ?? [];
    this.url = (await words("  dashboard "))[1] ?? "";
    this.agents = (await words("  agents "))[1] ?? "";
    return this;
  }

  async stop(): Promise<void> {
    await this.#process?.end();
  }

  async graph(): Promise<GraphSnapshot> {
    const response = await fetch(`${this.url}api/dependency-graph`);
    return (await response.json()) as GraphSnapshot;
  }

  /** The whole graph, once it has these services and dependencies and no other. */
  async shows(services: readonly string[], calls: readonly string[], ms = 60_000): Promise<GraphSnapshot> {
    let graph = await this.graph();
    await until(async () => {
      graph = await this.graph();
      const found = [...graph.nodes.map((node) => node.name).sort(), ...callsOf(graph)];
      const wanted = [...[...services].sort(), ...[...calls].sort()];
      if (found.join("\n") !== wanted.join("\n"))
        throw new Error(`the operator knows\n${found.join("\n")}\ninstead of\n${wanted.join("\n")}`);
    }, ms);
    return graph;
  }
}

/** "gateway order 8002", as demo/graph.txt has it. */
export function callsOf(graph: GraphSnapshot): string[] {
  const name = new Map(graph.nodes.map((node) => [node.id, node.name]));
  return graph.edges.map((edge) => `${name.get(edge.source)} ${name.get(edge.target)} ${edge.port}`).sort();
}

/** A real agent that sees what runs in the place, and tells often, so that tests need not wait for long. */
export async function startAgent(place: Place, operator: Operator): Promise<Running> {
  const pace = ["--counter-interval", "200ms", "--event-interval", "100ms", "--snapshot-interval", "1s"];
  // The demo's services are told apart by a word of their command line.
  const target = ["--cgroup", place.name, "--operator", `http://${operator.agents}`, "--arguments", "words"];
  const agent = Running.start([`${artifacts}/agent/tendril-agent`, ...target, ...pace]);
  await agent.line("attached to ");
  return agent;
}
