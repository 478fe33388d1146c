import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../map-page";
import { Running } from "./process";

/** Where cgroup v2 is mounted; null: nowhere. A line: 40 30 0:37 / /sys/fs/cgroup rw shared:9 - cgroup2 cgroup2 rw */
export function cgroupMount(): string | null {
  const lines = existsSync("/proc/self/mountinfo") ? readFileSync("/proc/self/mountinfo", "utf8").split("\n") : [];
  return lines.find((line) => line.includes(" - cgroup2 "))?.split(" ")[4] ?? null;
}

/**
 * A place of its own on the real kernel: a cgroup, so that the graph holds nothing else of this machine, and a network
 * namespace, so that the demo's fixed ports are free in it. All that runs in it is gone when it is.
 */
export class Place {
  #started: Running[] = [];

  private constructor(
    /** Below the mount, as the agent's --cgroup takes it; also the namespace's. */
    readonly name: string,
    readonly folder: string,
    private readonly cgroup: string,
  ) {}

  static async create(): Promise<Place> {
    const name = `tendril-live-${process.pid}`;
    const cgroup = join(cgroupMount() ?? "", name);
    await mkdir(cgroup);
    await Running.run("ip", "netns", "add", name);
    const place = new Place(name, await mkdtemp(join(tmpdir(), "tendril-live-")), cgroup);
    await Running.run(...place.#enter(), "ip", "link", "set", "lo", "up");
    return place;
  }

  /** Unlike `ip netns exec` it leaves /sys as it is. */
  #enter(): string[] {
    return ["nsenter", `--net=/run/netns/${this.name}`, "--"];
  }

  /** Starts a program inside. Only what it is told at the end is left of the shell and of nsenter. */
  start(command: readonly string[], env: Record<string, string> = {}): Running {
    const join = `echo $$ >"$0" && exec "$@"`;
    const running = Running.start(
      ["bash", "-c", join, `${this.cgroup}/cgroup.procs`, ...this.#enter(), ...command],
      env,
    );
    this.#started.push(running);
    return running;
  }

  async dispose(): Promise<void> {
    for (const running of this.#started.reverse()) await running.end();
    // The databases went into the background; they are this cgroup's and nobody else's.
    for (const pid of await this.#pids()) end(pid);
    await until(async () => this.#isEmpty(), 5000).catch(() => writeFile(join(this.cgroup, "cgroup.kill"), "1"));
    await until(async () => this.#isEmpty());
    await rmdir(this.cgroup);
    await Running.run("ip", "netns", "delete", this.name);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #pids(): Promise<number[]> {
    const text = await readFile(join(this.cgroup, "cgroup.procs"), "utf8");
    return text.split("\n").filter(Boolean).map(Number);
  }

  async #isEmpty(): Promise<void> {
    const left = await this.#pids();
    if (left.length > 0) throw new Error(`processes that do not end are left in ${this.cgroup}: ${left}`);
  }
}

/** One that has just ended by itself is as well. */
function end(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
