import { readFileSync } from "node:fs";
import { until } from "../map-page";
import type { Place } from "./place";
import type { Running } from "./process";
import { artifacts, root } from "./tendril";

// The demo, started as scripts/start-microservices.sh does, with a PostgreSQL and a Redis of its own, inside a test's place.

/** Callees before callers, as in the script. */
const services: [string, number][] = [
  ["notification", 8005],
  ["inventory", 8006],
  ["shipping", 8007],
  ["payment", 8004],
  ["product", 8003],
  ["user", 8001],
  ["order", 8002],
  ["gateway", 8000],
];

const startDatabases = `set -euo pipefail
source "$1/scripts/processes.sh"
source "$1/scripts/databases.sh"
run=$2 logs=$2/logs
make_run_directory
read_password
start_postgres
start_redis
echo "ready $postgres_port $redis_port $password"`;

/** What demo/graph.txt says: every connection the demo makes, "client server port". */
export const expectedCalls = readFileSync(`${root}demo/graph.txt`, "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => line.trim());
export const expectedServices = [...new Set(expectedCalls.flatMap((call) => call.split(" ").slice(0, 2)))].sort();

export class Shop {
  #running = new Map<string, Running>();

  private constructor(
    private readonly place: Place,
    private readonly env: Record<string, string>,
  ) {}

  static async start(place: Place): Promise<Shop> {
    const databases = place.start(["bash", "-c", startDatabases, "shop", root, place.folder]);
    const [, postgres, redis, password] = (await databases.line("ready ")).split(" ");
    const shop = new Shop(place, {
      TENDRIL_DEMO_POSTGRES: `Host=127.0.0.1;Port=${postgres};Database=shop;Username=shop;Password=${password}`,
      TENDRIL_DEMO_REDIS: `127.0.0.1:${redis},password=${password}`,
    });
    for (const [name] of services) shop.#run(name);
    for (const [name, port] of services) await shop.#listens(name, port);
    return shop;
  }

  /** Requests through the gateway, until the place ends. */
  traffic(rate: number): void {
    this.#run("traffic", "--seconds", "3600", "--rate", `${rate}`);
  }

  async stop(name: string): Promise<void> {
    await this.#running.get(name)?.end();
  }

  async startAgain(name: string): Promise<void> {
    this.#run(name);
    await this.#listens(name, services.find(([known]) => known === name)?.[1] ?? 0);
  }

  #run(...words: string[]): void {
    this.#running.set(words[0] ?? "", this.place.start([`${artifacts}/demo/tendril-demo`, ...words], this.env));
  }

  /** Read, not tried: a connection would be an edge. */
  async #listens(name: string, port: number): Promise<void> {
    const running = this.#running.get(name);
    const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
    await until(async () => {
      if (!running || running.hasEnded) throw new Error(`${name} ended:\n${running?.output}`);
      const sockets = readFileSync(`/proc/${running.pid}/net/tcp`, "utf8").split("\n").slice(1);
      const listens = sockets.some((line) => {
        const [, local = "", , state] = line.trim().split(/\s+/);
        return state === "0A" && local.endsWith(suffix);
      });
      if (!listens) throw new Error(`${name} does not listen on ${port}:\n${running.output}`);
    }, 60_000);
  }
}
