import { existsSync } from "node:fs";
import { chromiumPath } from "../../dev/browser.mjs";
import { cgroupMount } from "./place";
import { artifacts } from "./tendril";

/** Why the real thing cannot be tried on this machine; null when it can. */
export function missing(): string | null {
  const has = (name: string) =>
    [...(process.env.PATH ?? "").split(":"), "/usr/sbin"].some((folder) => existsSync(`${folder}/${name}`));
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "attaching to the kernel needs root";
  if (!cgroupMount()) return "no cgroup v2 is mounted here";
  if (!chromiumPath) return "no Chromium here";
  const program = ["ip", "nsenter", "redis-server"].find((name) => !has(name));
  if (program) return `${program} is missing: scripts/install-prerequisites.sh --test installs it`;
  const parts = ["agent/tendril-agent", "operator/tendril-operator", "demo/tendril-demo"];
  const part = parts.find((name) => !existsSync(`${artifacts}/${name}`));
  return part ? `${artifacts}/${part} is not built: scripts/build.sh builds it` : null;
}
