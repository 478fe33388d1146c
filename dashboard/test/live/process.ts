import { type ChildProcess, spawn } from "node:child_process";
import { until } from "../map-page";

/** One program that a test started, known by its own pid, with all it wrote. */
export class Running {
  #output = "";
  #ended: Promise<void>;
  readonly title: string;

  private constructor(
    readonly command: readonly string[],
    private readonly child: ChildProcess,
  ) {
    this.title = command.find((word) => word.includes("tendril")) ?? command[0] ?? "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        this.#output += text;
      });
    }
    this.#ended = new Promise((resolve) => {
      child.once("exit", () => resolve());
      child.once("error", (error) => {
        this.#output += String(error);
        resolve();
      });
    });
  }

  static start(command: readonly string[], env: Record<string, string> = {}): Running {
    const [program = "", ...rest] = command;
    const child = spawn(program, rest, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
    return new Running(command, child);
  }

  /** Runs it to its end; what it wrote. */
  static async run(...command: string[]): Promise<string> {
    const running = Running.start(command);
    await running.#ended;
    if (running.child.exitCode !== 0) throw new Error(`${command.join(" ")} failed:\n${running.output}`);
    return running.output;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined;
  }

  /** The first line with this in it. */
  async line(part: string, ms = 60_000): Promise<string> {
    let found: string | undefined;
    await until(async () => {
      found = this.#output.split("\n").find((line) => line.includes(part));
      if (found === undefined) throw new Error(`${this.title} never wrote '${part}':\n${this.#output}`);
    }, ms);
    return found ?? "";
  }

  /** Asks it to end, waits, and does not ask again after ten seconds. */
  async end(): Promise<void> {
    if (this.hasEnded) return;
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 10_000);
    await this.#ended;
    clearTimeout(timer);
  }
}
